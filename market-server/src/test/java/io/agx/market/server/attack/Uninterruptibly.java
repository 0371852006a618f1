package io.agx.market.server.attack;

/** Waits for threads that end soon. */
final class Uninterruptibly {
    private Uninterruptibly() {}

    static void join(Thread thread) {
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
