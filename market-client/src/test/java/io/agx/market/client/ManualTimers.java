package io.agx.market.client;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** {@link Timers} whose time moves only when a test says so; everything runs on the test's thread. */
final class ManualTimers implements Timers {
    private static final long START_EPOCH_MILLIS = 1_763_845_200_000L;

    private final ArrayDeque<Runnable> now = new ArrayDeque<>();
    private final PriorityQueue<Task> later =
            new PriorityQueue<>(Comparator.comparingLong(Task::atMillis).thenComparingLong(Task::number));
    private long millis;
    private long number;
    private boolean stopped;

    private record Task(long atMillis, long number, Runnable run) {}

    @Override
    public long nanos() {
        return millis * 1_000_000;
    }

    @Override
    public long epochMillis() {
        return START_EPOCH_MILLIS + millis;
    }

    @Override
    public boolean execute(Runnable task) {
        if (!stopped) {
            now.add(task);
        }
        return !stopped;
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        Task scheduled = new Task(millis + delayMillis, number++, task);
        later.add(scheduled);
        return () -> later.remove(scheduled);
    }

    @Override
    public void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Runs what is due now. */
    void run() {
        for (Runnable task = now.poll(); task != null; task = now.poll()) {
            task.run();
        }
    }

    /** Lets time pass, and runs what falls due, in order. */
    void advance(long byMillis) {
        run();
        long end = millis + byMillis;
        while (!later.isEmpty() && later.peek().atMillis() <= end) {
            Task due = later.remove();
            millis = Math.max(millis, due.atMillis());
            due.run().run();
            run();
        }
        millis = end;
    }
}
