package io.agx.market.client;

/** The same token for ever: when the server refuses it, there is no other. {@link #toString()} does not have it. */
record FixedToken(String token) implements TokenSupplier {
    @Override
    public String toString() {
        return "FixedToken";
    }
}
