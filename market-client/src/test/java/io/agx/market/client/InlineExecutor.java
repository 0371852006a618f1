package io.agx.market.client;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Runs at once on the caller's thread, or, when held, not before it is released. */
final class InlineExecutor implements Executor {
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean holding;

    void hold() {
        holding = true;
    }

    /** Runs what was held, and holds no more. */
    void release() {
        holding = false;
        for (Runnable task = held.poll(); task != null; task = held.poll()) {
            task.run();
        }
    }

    @Override
    public void execute(Runnable task) {
        if (holding) {
            held.add(task);
        } else {
            task.run();
        }
    }
}
