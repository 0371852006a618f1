package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests may publish at a time. Each waits on one of the container's threads, for its body and for the log: however slowly bodies come,
 * most threads are left to all else. Thread-safe.
 */
public final class BodyPlaces {
    /** Of the container's 200 threads. With 2 ms for a request, 64 are 32,000 requests a second. */
    public static final int PLACES = 64;

    private final Semaphore places = new Semaphore(PLACES);
    private final LongAdder refused = new LongAdder();

    /** Requests that publish now. */
    public int taken() {
        return PLACES - places.availablePermits();
    }

    /** Requests refused because so many published. */
    public long refusedCount() {
        return refused.sum();
    }

    /**
     * Publishes what a request brings, in a place of its own.
     *
     * @throws HttpProblem 503 if there is none left
     */
    void within(JsonServlet.Action publishing) throws IOException {
        if (!places.tryAcquire()) {
            refused.increment();
            throw new HttpProblem(
                    503,
                    new Problem(
                            ErrorCode.BACK_PRESSURE,
                            null,
                            "at most " + PLACES + " requests publish at a time; nothing was kept"),
                    1);
        }
        try {
            publishing.run();
        } finally {
            places.release();
        }
    }
}
