package io.agx.market.server.cli.load;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.ClientCounters;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.SubscribeReply;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One connection: in all rooms, counting. */
final class LoadMember {
    private final Totals totals;
    private final Map<Symbol, TradeTally> tallies = new HashMap<>(); // Not changed after the constructor.
    private final List<RoomName> rooms;
    private final CompletableFuture<MarketClient> connecting;
    private final CompletableFuture<MarketClient> joined;
    private volatile String problem = "no answer";

    /**
     * @param token who it is; empty for nobody
     * @param onAnswer called once, when it is in its rooms or will not be
     */
    LoadMember(URI uri, String token, List<RoomName> rooms, Totals totals, Runnable onAnswer) {
        this.rooms = rooms;
        this.totals = totals;
        for (RoomName room : rooms) {
            if (room.channel() == RoomChannel.TRADE && room.symbol() != null) {
                tallies.put(room.symbol(), new TradeTally());
            }
        }
        connecting = MarketClient.connect(
                ClientConfig.builder(uri).token(token).lifecycle(this::onEvent).build());
        joined = connecting.thenCompose(this::join).whenComplete((client, failure) -> onAnswer.run());
    }

    /** The client once it is in all rooms; fails if it is refused. */
    CompletableFuture<MarketClient> joined() {
        return joined;
    }

    boolean isIn() {
        return joined.isDone() && !joined.isCompletedExceptionally();
    }

    /** Why it is not connected, as far as is known. */
    String problem() {
        return problem;
    }

    Iterable<TradeTally> tallies() {
        return tallies.values();
    }

    @Nullable
    TradeTally tally(Symbol symbol) {
        return tallies.get(symbol);
    }

    /** What its client counted; null if there is none. */
    @Nullable
    ClientCounters counters() {
        MarketClient client = isIn() ? joined.getNow(null) : null;
        return client == null ? null : client.counters();
    }

    void close() {
        if (!connecting.cancel(false) && !connecting.isCompletedExceptionally()) {
            connecting.join().close();
        }
    }

    private CompletableFuture<MarketClient> join(MarketClient client) {
        List<CompletableFuture<SubscribeReply>> replies = new ArrayList<>(rooms.size());
        for (RoomName room : rooms) {
            replies.add(subscribe(client, room));
        }
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(done -> client);
    }

    private CompletableFuture<SubscribeReply> subscribe(MarketClient client, RoomName room) {
        CompletableFuture<SubscribeReply> reply = switch (room.channel()) {
            case TICKER -> client.subscribeTicker(room, (from, tickers) -> totals.tickers.add(tickers.size()));
            case KLINE -> client.subscribeKline(room, (from, kline) -> totals.klines.increment());
            default -> client.subscribeTrade(room, this::onTrades);
        };
        return reply.whenComplete((done, failure) -> {
            if (failure != null) {
                problem = "room " + room + " was refused: " + failure.getMessage();
            }
        });
    }

    private void onTrades(RoomName room, List<TradeData> trades) {
        TradeTally tally = room.symbol() == null ? null : tallies.get(room.symbol());
        if (tally != null) {
            tally.add(trades);
        }
        totals.trades.add(trades.size());
        for (TradeData trade : trades) {
            totals.received(trade.timeMillis());
        }
    }

    private void onEvent(LifecycleEvent event) {
        if (event instanceof LifecycleEvent.Unreachable failed) {
            problem = failed.reason().equals("java.net.ConnectException")
                    ? "nobody answers at this address"
                    : failed.reason();
            totals.attemptFailed(problem);
        } else if (event instanceof LifecycleEvent.HistoryChanged) {
            tallies.values().forEach(TradeTally::restart);
        }
    }
}
