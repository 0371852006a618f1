package io.agx.market.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * Judges one connection's trades over all its reconnects: each {@code seq} exactly once and in order, or told by a {@code gap}. Owned
 * by the swarm's thread.
 */
final class Cursor {
    private @Nullable String epoch;
    private long nextSeq;
    private boolean begun;
    // The hole that was seen last, [from, to]: what comes late out of it is out of order, any other repetition is a
    // duplicate.
    private long holeFromSeq;
    private long holeToSeq = -1;

    long received;
    long told;
    long missing;
    long duplicates;
    long outOfOrder;
    long misplacedGaps;

    /** {@code "since"} for the next subscription, or nothing before there was one. */
    String since() {
        return begun ? ",\"since\":{\"epoch\":\"" + epoch + "\",\"seq\":" + (nextSeq - 1) + "}" : "";
    }

    /** Everything up to here was received or told. */
    long lastSeq() {
        return nextSeq - 1;
    }

    void welcomed(@Nullable String newEpoch) {
        epoch = newEpoch;
    }

    /** The answer to a subscription: the state up to {@code seq}, with all that was missed if it recovered. */
    void subscribed(long seq, boolean recovered, PushReader.Seqs missed) {
        if (!begun) {
            begun = true;
            nextSeq = seq + 1;
            return;
        }
        if (recovered) {
            for (int i = 0; i < missed.count(); i++) {
                trade(missed.at(i));
            }
        }
        if (nextSeq <= seq) {
            hole(seq + 1);
        }
    }

    void trade(long seq) {
        if (seq == nextSeq) {
            received++;
            nextSeq++;
        } else if (seq > nextSeq) {
            hole(seq);
            received++;
            nextSeq++;
        } else if (seq >= holeFromSeq && seq <= holeToSeq) {
            outOfOrder++;
            missing--;
        } else {
            duplicates++;
        }
    }

    void gap(long fromSeq, long toSeq) {
        if (fromSeq != nextSeq || toSeq < fromSeq) {
            misplacedGaps++;
            return;
        }
        told += toSeq - fromSeq + 1;
        nextSeq = toSeq + 1;
    }

    private void hole(long before) {
        missing += before - nextSeq;
        holeFromSeq = nextSeq;
        holeToSeq = before - 1;
        nextSeq = before;
    }
}
