package io.agx.market.server.cli.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What all connections count together. Thread-safe. */
final class Totals {
    /** Longest latency that is told apart: an hour. */
    static final long MAX_LATENCY_MILLIS = 3_600_000;

    final LongAdder trades = new LongAdder();
    final LongAdder tickers = new LongAdder();
    final LongAdder klines = new LongAdder();
    final LongAdder failedAttempts = new LongAdder();
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(MAX_LATENCY_MILLIS, 3);
    private volatile String lastProblem = "";
    private volatile boolean measuring;
    private volatile long clockOffsetMillis;

    /** @param offsetMillis the server's clock minus ours */
    void useClockOffset(long offsetMillis) {
        clockOffsetMillis = offsetMillis;
    }

    void attemptFailed(String problem) {
        failedAttempts.increment();
        lastProblem = problem;
    }

    /** Why an attempt to connect failed, the last that did; empty if none did. */
    String lastProblem() {
        return lastProblem;
    }

    void measure(boolean on) {
        measuring = on;
    }

    void received(long tradeTimeMillis) {
        if (measuring) {
            long latency = System.currentTimeMillis() + clockOffsetMillis - tradeTimeMillis;
            latencies.recordValue(Math.max(0, Math.min(MAX_LATENCY_MILLIS, latency)));
        }
    }

    Histogram latencies() {
        return latencies.copy();
    }
}
