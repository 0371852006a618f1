package io.agx.market.server.room;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a returning member missed, by the kind of its room (PROTOCOL.md section 0). Called on the flush thread. */
public final class RoomRecovery {
    private RoomRecovery() {}

    /**
     * @param seq the member has everything up to here
     * @param fetched of a trade room: trades after {@code seq} that were fetched for it, ascending, may be empty
     * @return all it missed up to what is published, or null if that cannot be told
     */
    public static @Nullable Payload since(Room room, long seq, List<Trade> fetched) {
        if (room instanceof TradeRoom trades) {
            return missedTrades(trades, seq, fetched);
        }
        if (room instanceof KlineRoom klines) {
            List<Kline> changed = klines.publishedSince(seq);
            return changed == null ? null : new Payload.OfKlines(klines.instrument(), changed);
        }
        return room.snapshot(1);
    }

    private static @Nullable Payload missedTrades(TradeRoom room, long seq, List<Trade> fetched) {
        List<Trade> missed = new ArrayList<>();
        long next = seq + 1;
        for (Trade trade : fetched) {
            if (trade.seq() == next && next <= room.publishedSeq()) {
                missed.add(trade);
                next++;
            }
        }
        for (Trade trade : room.publishedSince(next - 1)) {
            if (trade.seq() != next) {
                return null; // Between what was fetched and what the cache still has, something is missing.
            }
            missed.add(trade);
            next++;
        }
        return next == room.publishedSeq() + 1 ? new Payload.OfTrades(room.instrument(), missed) : null;
    }
}
