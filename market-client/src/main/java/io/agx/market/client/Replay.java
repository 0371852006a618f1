package io.agx.market.client;

import java.util.concurrent.CompletableFuture;

/** A replay under way. Thread-safe. */
public final class Replay {
    private final CompletableFuture<ReplayResult> done;
    private final Runnable stop;

    Replay(CompletableFuture<ReplayResult> done, Runnable stop) {
        this.done = done;
        this.stop = stop;
    }

    /**
     * Completes behind the last message, or exceptionally with {@link MarketException}: refused by the server, or ended with its connection,
     * which is temporary.
     */
    public CompletableFuture<ReplayResult> done() {
        return done;
    }

    /** Ends the replay where it is; {@link #done()} tells where that was. Does nothing when it has ended. */
    public void stop() {
        stop.run();
    }
}
