package io.agx.market.client;

/** The owner thread and its clocks. Everything handed to it runs on one thread, in order of time. */
interface Timers {
    /** Monotonic, for delays and deadlines. */
    long nanos();

    /** The wall clock, epoch milliseconds: only for telling it to people and servers. */
    long epochMillis();

    /**
     * Runs the task soon.
     *
     * @return false if it never will, because the thread has ended
     */
    boolean execute(Runnable task);

    /** Runs the task once, later, unless cancelled before. */
    Timer schedule(Runnable task, long delayMillis);

    /** Ends the thread once nothing is left to run; later tasks are refused. */
    void stop();

    /** One scheduled task. */
    @FunctionalInterface
    interface Timer {
        void cancel();
    }
}
