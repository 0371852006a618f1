package io.agx.market.server;

/** The process's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        throw new UnsupportedOperationException("not yet");
    }
}
