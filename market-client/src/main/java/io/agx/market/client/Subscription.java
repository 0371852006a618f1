package io.agx.market.client;

import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One room of a client: where its data goes and how far it has come. Owned by the client's thread. */
final class Subscription {
    private final int snapshotCount;
    private final Sink sink;
    private @Nullable TradeSequence trades;
    private @Nullable KlineSequence klines;
    private RoomName room;
    // As what the server may know the room on this connection: asked for and not answered, or joined.
    private final Set<RoomName> names = new LinkedHashSet<>();
    private CompletableFuture<SubscribeReply> reply;
    private Freshness freshness;
    private boolean joined;
    private @Nullable String epoch;

    /** @param snapshotCount elements of history wanted at first, or {@link RoomRequest#UNSET} */
    Subscription(RoomName room, int snapshotCount, Sink sink, CompletableFuture<SubscribeReply> reply) {
        this.room = room;
        this.snapshotCount = snapshotCount;
        this.sink = sink;
        this.reply = reply;
        freshness = new Freshness(room.rate().periodMillis());
    }

    /** Who keeps the order of a trade room's trades and tells them. */
    void keepOrder(TradeSequence order) {
        trades = order;
    }

    /** Who keeps the order of a kline room's candles and tells them. */
    void keepOrder(KlineSequence order) {
        klines = order;
    }

    RoomName room() {
        return room;
    }

    /** As what the server may know the room: until it has answered, at its old rate or at its new one. Empty if it cannot know it. */
    List<RoomName> names() {
        return List.copyOf(names);
    }

    /** The room is asked for as it is now. */
    void asked() {
        names.add(room);
    }

    /** Completes when the room is joined, or joined as it was changed last. */
    CompletableFuture<SubscribeReply> reply() {
        return reply;
    }

    Sink sink() {
        return sink;
    }

    boolean isJoined() {
        return joined;
    }

    long duplicateTradeCount() {
        return trades == null ? 0 : trades.duplicateCount();
    }

    /** Another rate of the same room. */
    void change(RoomName to, CompletableFuture<SubscribeReply> changed) {
        room = to;
        reply = changed;
        freshness = new Freshness(to.rate().periodMillis());
        pause(); // The answer goes on from the cursor.
    }

    /** Another history began: what came before says nothing about what comes. */
    void forgetPosition() {
        epoch = null;
        if (trades != null) {
            trades.restart();
        }
        if (klines != null) {
            klines.restart();
        }
    }

    /** The connection was lost. */
    void disconnected() {
        names.clear();
        freshness.restart();
        pause();
    }

    private void pause() {
        if (trades != null) {
            trades.pause();
        }
        if (klines != null) {
            klines.pause();
        }
    }

    /** What to ask for now: from the start, or from where the room stands. */
    RoomRequest request() {
        RoomRequest request = RoomRequest.of(room);
        if (epoch != null && trades != null) {
            return request.since(new Cursor(epoch, trades.seq()));
        }
        if (epoch != null && klines != null) {
            return request.since(new Cursor(epoch, klines.seq()));
        }
        return request.snapshot(snapshotCount);
    }

    /** @param asked what the result is the answer to */
    void onJoined(String serverEpoch, RoomRequest asked, ReceivedEvent.RoomResult result) {
        ReceivedEvent.Snapshot snapshot = result.snapshot();
        if (!snapshot.tickers().isEmpty()) {
            sink.tickers(room, snapshot.tickers());
        }
        if (klines != null) {
            klines.joined(snapshot.klines(), result.seq(), asked.since() != null && !result.recovered());
        }
        if (trades != null) {
            trades.joined(snapshot.trades(), result.seq());
        }
        epoch = serverEpoch;
        joined = true;
        names.clear();
        names.add(room);
        SubscribeReply done = new SubscribeReply(room, result.seq(), snapshot);
        // On the common pool: what the application hangs on it must not hold up the connection.
        reply.completeAsync(() -> done);
    }

    // What comes before the first answer is of a membership before this one, left and on its way still.

    void onTickers(ReceivedEvent.TickerUpdate update) {
        if (joined) {
            sink.tickers(room, update.tickers());
        }
    }

    void onKline(ReceivedEvent.KlineUpdate update) {
        if (klines != null && joined) {
            klines.offer(update.kline(), update.seq());
        }
    }

    void onTrades(ReceivedEvent.TradeUpdate update) {
        if (trades != null && joined) {
            trades.offer(update.trades());
        }
    }

    void onGap(ReceivedEvent.Gap gap) {
        if (trades != null && joined) {
            trades.lost(gap.toSeq(), gap.rest());
        }
    }

    /** A watermark of the server. Returns whether the room became stale by it, or is so no longer. */
    boolean onWatermark(long serverTimeMillis, ReceivedEvent.RoomPosition position) {
        if (trades != null && joined) {
            trades.known(position.seq());
        }
        return position.seq() > 0
                ? freshness.heard(serverTimeMillis, position.timeMillis())
                : freshness.heardNothing(); // Of a pattern, or of an instrument that never traded.
    }

    Freshness freshness() {
        return freshness;
    }
}
