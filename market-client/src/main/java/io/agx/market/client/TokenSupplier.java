package io.agx.market.client;

/**
 * Gives a client the token that says who it is. Asked at each connection, before a token expires, and once more after the server refused one;
 * on a thread of the listeners', so that it may fetch one and wait.
 */
@FunctionalInterface
public interface TokenSupplier {
    /** For clients that are nobody's. */
    TokenSupplier NONE = () -> "";

    /**
     * Returns a token that is good now, or an empty text for none.
     *
     * @throws Exception if there is none to be had; the attempt to connect has failed then
     */
    String token() throws Exception;
}
