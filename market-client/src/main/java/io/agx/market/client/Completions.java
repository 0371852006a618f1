package io.agx.market.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/** How the application's futures end that have no result. */
final class Completions {
    private Completions() {}

    /** On the common pool: what the application hangs on the future must not hold up the connection. */
    static void fail(CompletableFuture<?> future, MarketException why) {
        if (!future.isDone()) {
            ForkJoinPool.commonPool().execute(() -> future.completeExceptionally(why));
        }
    }
}
