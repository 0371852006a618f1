package io.agx.market.client;

import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomKind;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One room of a client: its listener and how far it has come. Owned by the client's thread. */
final class Subscription {
    final RoomName room;
    final CompletableFuture<SubscribeReply> reply = new CompletableFuture<>();
    private final int snapshotCount;
    private final Sink sink;

    private boolean joined;
    private long seq;
    private @Nullable String epoch;
    private long duplicateTradeCount;

    /** Where a room's data goes: exactly one of these is the application's listener. */
    interface Sink {
        void tickers(RoomName room, List<TickerData> tickers);

        void kline(RoomName room, KlineData kline);

        void trades(RoomName room, List<TradeData> trades);

        void gap(RoomName room, long fromSeq, long toSeq, String rest);
    }

    Subscription(RoomName room, int snapshotCount, Sink sink) {
        this.room = room;
        this.snapshotCount = snapshotCount;
        this.sink = sink;
    }

    boolean isJoined() {
        return joined;
    }

    long duplicateTradeCount() {
        return duplicateTradeCount;
    }

    /** Another history began: what came before says nothing about what comes. */
    void forgetPosition() {
        epoch = null;
        seq = 0;
    }

    /** What to ask for now: from the start, or from where the room stands. */
    RoomRequest request() {
        RoomRequest request = RoomRequest.of(room);
        if (epoch != null && room.kind() != RoomKind.STATE) {
            return request.since(new Cursor(epoch, seq));
        }
        return request.snapshot(snapshotCount);
    }

    void onJoined(String serverEpoch, ReceivedEvent.RoomResult result) {
        boolean resumed = epoch != null;
        ReceivedEvent.Snapshot snapshot = result.snapshot();
        if (!snapshot.tickers().isEmpty()) {
            sink.tickers(room, snapshot.tickers());
        }
        snapshot.klines().forEach(kline -> sink.kline(room, kline));
        if (!snapshot.trades().isEmpty()) {
            deliver(snapshot.trades(), resumed);
        }
        if (room.kind() == RoomKind.LOG && resumed && result.seq() > seq) {
            reportGap(seq + 1, result.seq(), "");
        }
        seq = Math.max(seq, result.seq());
        epoch = serverEpoch;
        joined = true;
        SubscribeReply done = new SubscribeReply(room, result.seq(), snapshot);
        // On the common pool: what the application hangs on it must not hold up the connection.
        reply.completeAsync(() -> done);
    }

    void onTickers(ReceivedEvent.TickerUpdate update) {
        sink.tickers(room, update.tickers());
        seq = Math.max(seq, update.seq());
    }

    void onKline(ReceivedEvent.KlineUpdate update) {
        sink.kline(room, update.kline());
        seq = Math.max(seq, update.seq());
    }

    void onTrades(ReceivedEvent.TradeUpdate update) {
        deliver(update.trades(), joined);
    }

    void onGap(ReceivedEvent.Gap gap) {
        if (gap.toSeq() > seq) {
            reportGap(Math.max(gap.fromSeq(), seq + 1), gap.toSeq(), gap.rest());
            seq = gap.toSeq();
        }
    }

    /** Each seq once, in order; a hole is told before what follows it. */
    private void deliver(List<TradeData> trades, boolean expectNext) {
        List<TradeData> next = new ArrayList<>(trades.size());
        boolean contiguous = expectNext;
        for (TradeData trade : trades) {
            if (trade.seq() <= seq) {
                duplicateTradeCount++;
                continue;
            }
            if (contiguous && trade.seq() > seq + 1) {
                flush(next);
                reportGap(seq + 1, trade.seq() - 1, "");
            }
            contiguous = true;
            seq = trade.seq();
            next.add(trade);
        }
        flush(next);
    }

    private void flush(List<TradeData> next) {
        if (!next.isEmpty()) {
            sink.trades(room, List.copyOf(next));
            next.clear();
        }
    }

    private void reportGap(long fromSeq, long toSeq, String rest) {
        sink.gap(room, fromSeq, toSeq, rest);
    }
}
