package io.agx.market.server.cli.watch;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.MarketException;
import io.agx.market.client.SubscribeReply;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Joins rooms and shows what comes, until it is enough. Listeners and futures call it; {@link #run} waits and draws. */
public final class Watch {
    private static final long DRAW_MILLIS = 100;

    private final ClientConfig config;
    private final List<RoomName> rooms;
    private final View view;
    private final AtomicInteger roomsLeft;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<String> failure = new AtomicReference<>();
    private long updatesLeft; // Touched by the client's listener thread only.

    /**
     * @param token who watches; empty for nobody
     * @param maxUpdates after how many tickers, candles and trades it ends
     */
    public Watch(URI uri, String token, List<RoomName> rooms, long maxUpdates, View view) {
        this.config =
                ClientConfig.builder(uri).token(token).lifecycle(this::onEvent).build();
        this.rooms = List.copyOf(rooms);
        this.roomsLeft = new AtomicInteger(rooms.size());
        this.updatesLeft = maxUpdates;
        this.view = view;
    }

    /**
     * Returns after the number of updates, or when nobody reads any more. A signal ends the process as usual, with the terminal as it was.
     *
     * @throws IOException if the server or all rooms refuse; the message says why
     */
    public void run() throws IOException {
        Thread onSignal = new Thread(view::close, "market-watch-end");
        Runtime.getRuntime().addShutdownHook(onSignal);
        CompletableFuture<MarketClient> connecting = MarketClient.connect(config);
        CompletableFuture<Void> joining = connecting.thenAccept(this::join);
        try {
            while (!end.await(DRAW_MILLIS, TimeUnit.MILLISECONDS)) {
                view.redraw();
                if (view.isBroken()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            view.close();
            joining.cancel(false);
            if (!connecting.cancel(false) && !connecting.isCompletedExceptionally()) {
                connecting.join().close();
            }
            removeHook(onSignal);
        }
        String why = failure.get();
        if (why != null) {
            throw new IOException(why);
        }
    }

    private void join(MarketClient client) {
        for (RoomName room : rooms) {
            if (room.channel() == RoomChannel.INBOX) {
                client.inbox(this::onMessage);
                continue;
            }
            onRefusal(subscribe(client, room), refusal -> {
                view.tell("room " + room + " was refused: " + refusal.getMessage());
                leaveRoom();
            });
        }
    }

    private static void onRefusal(CompletionStage<SubscribeReply> reply, Consumer<MarketException> action) {
        reply.whenComplete((joined, problem) -> {
            Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
            if (cause instanceof MarketException refusal && !refusal.code().equals(MarketException.CLOSED)) {
                action.accept(refusal);
            }
        });
    }

    private CompletableFuture<SubscribeReply> subscribe(MarketClient client, RoomName room) {
        if (room.channel() == RoomChannel.TICKER) {
            return client.subscribeTicker(room, this::onTickers);
        }
        if (room.channel() == RoomChannel.KLINE) {
            return client.subscribeKline(room, view.historyCount(RoomChannel.KLINE), this::onKline);
        }
        return client.subscribeTrade(room, view.historyCount(RoomChannel.TRADE), this::onTrades);
    }

    private void onTickers(RoomName room, List<TickerData> tickers) {
        for (TickerData ticker : tickers) {
            if (takeUpdate()) {
                view.ticker(room, ticker);
                endIfEnough();
            }
        }
    }

    private void onKline(RoomName room, KlineData kline) {
        if (takeUpdate()) {
            view.kline(room, kline);
            endIfEnough();
        }
    }

    private void onTrades(RoomName room, List<TradeData> trades) {
        for (TradeData trade : trades) {
            if (takeUpdate()) {
                view.trade(room, trade);
                endIfEnough();
            }
        }
    }

    private void onMessage(ReceivedEvent.Notification message) {
        if (takeUpdate()) {
            view.message(message);
            endIfEnough();
        }
    }

    private boolean takeUpdate() {
        return updatesLeft > 0 && updatesLeft-- > 0;
    }

    private void endIfEnough() {
        if (updatesLeft == 0) {
            end.countDown();
        }
    }

    private void onEvent(LifecycleEvent event) {
        view.event(event);
        if (event instanceof LifecycleEvent.Refused) {
            leaveRoom();
        } else if (event instanceof LifecycleEvent.Unreachable failed && !failed.willRetry()) {
            fail("cannot connect: " + EventText.reason(failed.reason()));
        } else if (event instanceof LifecycleEvent.Disconnected lost && !lost.willReconnect()) {
            fail("the server ended the connection for good: " + EventText.lost(lost));
        }
    }

    private void leaveRoom() {
        if (roomsLeft.decrementAndGet() == 0) {
            fail("no room is left to watch");
        }
    }

    private void fail(String why) {
        failure.compareAndSet(null, why);
        end.countDown();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs.
        }
    }
}
