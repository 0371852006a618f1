package io.agx.market.server.feed;

import java.util.concurrent.TimeUnit;

/**
 * How far an import is. Immutable.
 *
 * @param lineCount lines read
 * @param bytesRead bytes of the file read, as it lies on disk
 * @param sizeBytes bytes of the whole file
 * @param counts what became of the trades so far
 * @param elapsedNanos since the start
 */
public record ImportProgress(long lineCount, long bytesRead, long sizeBytes, FeedCounts counts, long elapsedNanos) {
    /** Settled trades per second since the start. */
    public long tradesPerSecond() {
        long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(elapsedNanos));
        return Math.round(counts.settled() * 1e6 / micros);
    }

    /** Part of the file that is read, 0 to 100. */
    public int percent() {
        return sizeBytes == 0 ? 100 : (int) Math.min(100, Math.round(bytesRead * 100.0 / sizeBytes));
    }
}
