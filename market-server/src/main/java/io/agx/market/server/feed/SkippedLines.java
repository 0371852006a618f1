package io.agx.market.server.feed;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies {@link BadLines}: rethrows, or counts and keeps the first error. Owned by the reader's thread. */
final class SkippedLines {
    private final BadLines policy;
    private long count;
    private @Nullable CsvTradeException first;

    SkippedLines(BadLines policy) {
        this.policy = policy;
    }

    void onBadLine(CsvTradeException bad) throws CsvTradeException {
        if (policy == BadLines.STOP) {
            throw bad;
        }
        count++;
        if (first == null) {
            first = bad;
        }
    }

    long count() {
        return count;
    }

    Optional<CsvTradeException> first() {
        return Optional.ofNullable(first);
    }
}
