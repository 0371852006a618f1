package io.agx.market.server.identity;

/**
 * A token as a handshake brought it, not checked in any way. Immutable. {@link #toString()} does not have it.
 *
 * @param inQuery whether it came as {@code ?token=}, where clients of other servers put what is no token of ours
 */
public record PresentedToken(String text, boolean inQuery) {
    /** Whether it could be a signed token: three parts. */
    public boolean looksSigned() {
        return text.chars().filter(c -> c == '.').count() >= 2;
    }

    @Override
    public String toString() {
        return "PresentedToken[" + text.length() + " characters, inQuery=" + inQuery + "]";
    }
}
