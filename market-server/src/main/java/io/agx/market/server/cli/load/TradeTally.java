package io.agx.market.server.cli.load;

import io.agx.market.core.protocol.TradeData;
import java.util.List;

/** The trades of one room that one connection got, held against their numbers. Thread-safe. */
final class TradeTally {
    private long lastSeq;
    private long count;
    private long missing;
    private long repeated;

    synchronized void add(List<TradeData> trades) {
        for (TradeData trade : trades) {
            if (lastSeq != 0 && trade.seq() <= lastSeq) {
                repeated++;
                continue;
            }
            missing += lastSeq == 0 ? 0 : trade.seq() - lastSeq - 1;
            lastSeq = trade.seq();
            count++;
        }
    }

    /** Another history began: its numbers say nothing about the old ones. */
    synchronized void restart() {
        lastSeq = 0;
    }

    /** The last that came; 0 if none did. */
    synchronized long lastSeq() {
        return lastSeq;
    }

    synchronized long count() {
        return count;
    }

    /** How many did not come between the first and the last. */
    synchronized long missing() {
        return missing;
    }

    /** How many came that had been there. */
    synchronized long repeated() {
        return repeated;
    }
}
