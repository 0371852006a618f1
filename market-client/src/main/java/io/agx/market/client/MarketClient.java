package io.agx.market.client;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InstrumentData;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.OfferedQuote;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.TradesQuery;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A client of one market server. Thread-safe.
 *
 * <p>It keeps the connection: after every loss it comes back by itself (exponential backoff, full jitter), joins its rooms again
 * with what it already has, and a trade room goes on without a hole or a duplicate, or says {@link LifecycleEvent.Gap}. It
 * stops only when it is closed, when the server says that coming back is no use, or as {@link ReconnectPolicy} says.
 *
 * <p>Threads are daemons and shared by all clients of the JVM: {@code market-client-N}, one for each core and at most 4, own the
 * connections; {@code market-listener-N} call listeners, those of one client one at a time, in order. A listener may block: of tickers and
 * candles it then gets the newest, and while {@value Deliveries#BOUND} calls wait its client stops reading. Futures complete on the JDK's
 * common pool, exceptionally with {@link MarketException}. Queries asked for while there is no connection are sent when it is back. Commands go
 * no faster than half of what the server allows a connection; those beyond wait, queries behind rooms.
 */
public final class MarketClient implements AutoCloseable {
    private final Session session;
    private final Timers timers;

    private MarketClient(Session session, Timers timers) {
        this.session = session;
        this.timers = timers;
    }

    /**
     * Connects, with as many attempts as the configuration allows.
     *
     * @return the client once the server has welcomed it; cancel the future to give up
     */
    public static CompletableFuture<MarketClient> connect(ClientConfig config) {
        ClientThreads threads = ClientThreads.shared();
        ClientLoop loop = threads.nextLoop();
        HttpClient http = loop.join();
        return connect(
                config,
                new JdkConnector(http, config.connectTimeout()),
                http,
                loop.timers(loop::leave),
                new Random(),
                threads.listeners());
    }

    static CompletableFuture<MarketClient> connect(
            ClientConfig config,
            Socket.Connector connector,
            HttpClient http,
            Timers timers,
            RandomGenerator random,
            Executor listeners) {
        Backoff backoff = new Backoff(config.reconnect(), random);
        Session session = new Session(config, connector, timers, backoff, listeners);
        session.publications()
                .onRest(new TradePublisher(
                        http,
                        timers,
                        config.requestTimeout(),
                        () -> ClientConfig.restBase(session.uri()),
                        session::token));
        MarketClient client = new MarketClient(session, timers);
        session.onEnd(timers::stop);
        timers.execute(session::start);
        return new Connecting(client, session.ready());
    }

    /**
     * Joins {@code ticker:<symbol>}, {@code ticker:*} or a pattern such as {@code ticker:BTC-*}.
     *
     * @throws IllegalArgumentException if it is another room, or one with a selection of fields: the listeners of this client, here and
     *     below, are given whole tickers, candles and trades
     */
    public CompletableFuture<SubscribeReply> subscribeTicker(RoomName room, TickerListener listener) {
        return subscribe(
                room, RoomChannel.TICKER, RoomRequest.UNSET, new LatestTickers(session.deliveries(), listener));
    }

    /** Joins a kline room. The listener gets the current candle first. */
    public CompletableFuture<SubscribeReply> subscribeKline(RoomName room, KlineListener listener) {
        return subscribeKline(room, RoomRequest.UNSET, listener);
    }

    /**
     * Joins a kline room.
     *
     * @param snapshotCount how many of the newest candles the listener gets first, 0 to 1,500
     */
    public CompletableFuture<SubscribeReply> subscribeKline(RoomName room, int snapshotCount, KlineListener listener) {
        return subscribe(room, RoomChannel.KLINE, snapshotCount, new LatestKlines(session.deliveries(), listener));
    }

    /** Joins a trade room from now on. */
    public CompletableFuture<SubscribeReply> subscribeTrade(RoomName room, TradeListener listener) {
        return subscribeTrade(room, RoomRequest.UNSET, listener);
    }

    /**
     * Joins a trade room.
     *
     * @param snapshotCount how many of the newest trades the listener gets first, 0 to 1,500
     */
    public CompletableFuture<SubscribeReply> subscribeTrade(RoomName room, int snapshotCount, TradeListener listener) {
        return subscribe(room, RoomChannel.TRADE, snapshotCount, new Sink() {
            @Override
            public void trades(RoomName from, List<TradeData> trades) {
                session.deliveries().post(() -> listener.onTrades(from, trades));
            }
        });
    }

    /**
     * A ticker room as a {@link Flow.Publisher}: of each symbol the newest ticker that the subscriber has not asked for yet. As with the
     * listeners, a client is in a room once: a subscriber to a room that it is in already gets an error. The end of the client
     * completes it; cancelling leaves the room.
     */
    public Flow.Publisher<TickerData> tickerFlow(RoomName room) {
        return flow(room, RoomChannel.TICKER, TickerData.class);
    }

    /** A kline room as a {@link Flow.Publisher}: of each candle the newest revision, and each closed candle. See {@link #tickerFlow}. */
    public Flow.Publisher<KlineData> klineFlow(RoomName room) {
        return flow(room, RoomChannel.KLINE, KlineData.class);
    }

    /**
     * A trade room as a {@link Flow.Publisher}: every trade, once and in order. A subscriber that does not ask stops the client's reading, all
     * rooms of it, when {@value Deliveries#BOUND} trades wait. See {@link #tickerFlow}.
     */
    public Flow.Publisher<TradeData> tradeFlow(RoomName room) {
        return flow(room, RoomChannel.TRADE, TradeData.class);
    }

    /** Who takes the user's private messages; the server puts a client that has said who it is into its inbox by itself. */
    public void onNotification(NotificationListener listener) {
        timers.execute(() -> session.onNotification(listener));
    }

    /**
     * Follows the user's inbox, from the next message on, in place of who followed it before. The connection must show a token; without one the
     * inbox is refused, which {@link LifecycleEvent.Refused} tells, and joined when the server has taken one.
     */
    public Inbox inbox(InboxListener listener) {
        return inbox(-1, listener);
    }

    /**
     * Follows the user's inbox from where it was left, over reconnects and restarts of this program: each message is told once.
     *
     * @param afterSeq the last that is known; 0 for all that are kept, as far as the server sends them at once, the newest
     */
    public Inbox inbox(long afterSeq, InboxListener listener) {
        InboxFollower follower = new InboxFollower(session, session.requests(), timers, listener, afterSeq);
        timers.execute(() -> session.follow(follower));
        return new Inbox() {
            @Override
            public long seq() {
                return follower.seq();
            }

            @Override
            public long unreadCount() {
                return follower.unreadCount();
            }

            @Override
            public CompletableFuture<Long> markRead(List<String> ids) {
                return ask(
                        id -> new ClientCommand.ReadMessage(id, ids, 0),
                        ReceivedEvent.ReadStatus.class,
                        ReceivedEvent.ReadStatus::unreadCount);
            }

            @Override
            public CompletableFuture<Long> markReadTo(long seq) {
                return ask(
                        id -> new ClientCommand.ReadMessage(id, List.of(), seq),
                        ReceivedEvent.ReadStatus.class,
                        ReceivedEvent.ReadStatus::unreadCount);
            }
        };
    }

    /**
     * Changes the rate of a room that the client is in, without a hole: the listener goes on where it is.
     *
     * @param room the same room at its new rate
     */
    public CompletableFuture<SubscribeReply> changeRate(RoomName room) {
        requireAllFields(room);
        CompletableFuture<SubscribeReply> reply = new CompletableFuture<>();
        if (!timers.execute(() -> session.subscriber().change(room, reply))) {
            Completions.fail(reply, MarketException.closed());
        }
        return reply;
    }

    /** Leaves a room, whatever its rate; does nothing if the client is not in it. What is already on its way to the listener still comes. */
    public CompletableFuture<Void> unsubscribe(RoomName room) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!timers.execute(() -> session.subscriber().unsubscribe(room, done))) {
            done.complete(null);
        }
        return done;
    }

    /** The tickers of all instruments. */
    public CompletableFuture<List<TickerData>> tickers() {
        return ask(
                id -> new ClientCommand.TickerQuery(id, null),
                ReceivedEvent.Tickers.class,
                ReceivedEvent.Tickers::tickers);
    }

    /** The ticker of one instrument. */
    public CompletableFuture<TickerData> ticker(Symbol symbol) {
        return ask(
                id -> new ClientCommand.TickerQuery(id, symbol),
                ReceivedEvent.Tickers.class,
                answer -> answer.tickers().get(0));
    }

    /** Candles of the past. */
    public CompletableFuture<List<KlineData>> klines(KlinesQuery query) {
        return ask(id -> new ClientCommand.Klines(id, query), ReceivedEvent.Klines.class, ReceivedEvent.Klines::klines);
    }

    /** Trades of the past. */
    public CompletableFuture<List<TradeData>> trades(TradesQuery query) {
        return ask(id -> new ClientCommand.Trades(id, query), ReceivedEvent.Trades.class, ReceivedEvent.Trades::trades);
    }

    /** The definitions of all instruments. */
    public CompletableFuture<List<InstrumentData>> instruments() {
        return ask(
                ClientCommand.Instruments::new,
                ReceivedEvent.Instruments.class,
                ReceivedEvent.Instruments::instruments);
    }

    /**
     * Publishes trades, in their order and that of the calls: over the connection, as much at a time as the server has given credit for; or over
     * REST, where the server takes them from this client only there. What the server pushes back is offered again, after what was already
     * under way; who needs an order beyond that waits for the result.
     *
     * @param trades at most {@value Publications#MAX_TRADES}; each with an id of its publisher's, by which it is kept once however often it
     *     is offered. {@value Publications#MAX_WAITING} may wait to be sent
     * @return one result for each trade, in order, once all that were accepted are durable. Offered again by itself for as long as the request's
     *     time-out allows, if the connection was lost or the server had too much in flight; fails as a whole otherwise, and then some may
     *     have been kept
     */
    public CompletableFuture<List<ReceivedEvent.PublishResult>> publish(List<OfferedTrade> trades) {
        List<OfferedTrade> offered = List.copyOf(trades);
        CompletableFuture<List<ReceivedEvent.PublishResult>> future = new CompletableFuture<>();
        if (!timers.execute(() -> session.publications().publish(offered, future))) {
            Completions.fail(future, MarketException.closed());
        }
        return future;
    }

    /**
     * Publishes quotes over the connection, which must be of one who may publish. They are not kept for a connection to come, nor by the server over
     * a restart: newer ones follow.
     *
     * @param quotes 1 to {@value Publications#MAX_QUOTES}
     * @return one result for each, in order; fails if there is no connection now
     */
    public CompletableFuture<List<ReceivedEvent.PublishResult>> publishQuotes(List<OfferedQuote> quotes) {
        List<OfferedQuote> offered = List.copyOf(quotes);
        if (offered.isEmpty() || offered.size() > Publications.MAX_QUOTES) {
            throw new IllegalArgumentException(
                    "quotes must be 1 to " + Publications.MAX_QUOTES + ", were " + offered.size());
        }
        CompletableFuture<List<ReceivedEvent.PublishResult>> future = new CompletableFuture<>();
        if (!timers.execute(() -> session.publications().publishQuotes(offered, future))) {
            Completions.fail(future, MarketException.closed());
        }
        return future;
    }

    /** Plays a stretch of the past. The server plays one at a time to a client. */
    public Replay replay(ReplayRequest replay, ReplayListener listener) {
        CompletableFuture<ReplayResult> done = new CompletableFuture<>();
        if (!timers.execute(() -> session.replays().start(replay, listener, done))) {
            Completions.fail(done, MarketException.closed());
        }
        return new Replay(done, () -> timers.execute(() -> session.replays().stop(done)));
    }

    /** Measures the way to the server and the difference of the clocks; fails if there is no connection now. */
    public CompletableFuture<PingReply> ping() {
        CompletableFuture<PingReply> future = new CompletableFuture<>();
        boolean taken = timers.execute(() ->
                session.ping(reply -> future.completeAsync(() -> reply), failure -> Completions.fail(future, failure)));
        if (!taken) {
            Completions.fail(future, MarketException.closed());
        }
        return future;
    }

    /** What the pings have measured; the client sends one itself at every heartbeat. */
    public Latency latency() {
        return session.latency();
    }

    /** What was counted so far. */
    public ClientCounters counters() {
        return session.counters();
    }

    /** Ends the connection; idempotent, returns at once. Futures without a result fail; the threads end within
     * two seconds, or once an attempt to connect has ended. */
    @Override
    public void close() {
        timers.execute(() -> session.close(CloseCode.NORMAL.code(), ""));
    }

    private void leave(RoomName room) {
        timers.execute(() -> session.subscriber().unsubscribe(room, new CompletableFuture<>()));
    }

    private static void onFailure(CompletionStage<?> stage, Consumer<MarketException> action) {
        stage.whenComplete((done, failure) -> {
            if (failure instanceof MarketException why) {
                action.accept(why);
            }
        });
    }

    private <T> Flow.Publisher<T> flow(RoomName room, RoomChannel channel, Class<T> type) {
        requireChannel(room, channel);
        return subscriber -> {
            RoomFlow<T> flow = new RoomFlow<>(subscriber, session.deliveries(), type, () -> leave(room));
            subscriber.onSubscribe(flow);
            CompletableFuture<SubscribeReply> reply = new CompletableFuture<>();
            onFailure(reply, flow::ended);
            if (!timers.execute(() -> session.subscriber().subscribe(room, RoomRequest.UNSET, flow, reply))) {
                flow.ended(MarketException.closed());
            }
        };
    }

    private CompletableFuture<SubscribeReply> subscribe(
            RoomName room, RoomChannel channel, int snapshotCount, Sink sink) {
        requireChannel(room, channel);
        if (snapshotCount != RoomRequest.UNSET && (snapshotCount < 0 || snapshotCount > RoomRequest.MAX_SNAPSHOT)) {
            throw new IllegalArgumentException(
                    "snapshotCount must be 0 to " + RoomRequest.MAX_SNAPSHOT + ", was " + snapshotCount);
        }
        CompletableFuture<SubscribeReply> reply = new CompletableFuture<>();
        if (!timers.execute(() -> session.subscriber().subscribe(room, snapshotCount, sink, reply))) {
            Completions.fail(reply, MarketException.closed());
        }
        return reply;
    }

    private static void requireChannel(RoomName room, RoomChannel channel) {
        if (room.channel() != channel) {
            throw new IllegalArgumentException("room must be a " + channel.code() + " room, was " + room);
        }
        requireAllFields(room);
    }

    private static void requireAllFields(RoomName room) {
        if (!room.fields().isAll()) {
            throw new IllegalArgumentException("room must have all fields, for listeners are given all, was " + room);
        }
    }

    private <A extends ReceivedEvent.Answer, T> CompletableFuture<T> ask(
            Function<RequestId, ClientCommand> command, Class<A> answerType, Function<A, T> result) {
        CompletableFuture<T> future = new CompletableFuture<>();
        boolean taken = timers.execute(() -> session.ask(
                command,
                answer -> {
                    if (answerType.isInstance(answer)) {
                        T value = result.apply(answerType.cast(answer));
                        future.completeAsync(() -> value);
                    } else {
                        Completions.fail(
                                future,
                                new MarketException(ErrorCode.INTERNAL.code(), "an answer of another kind", false));
                    }
                },
                failure -> Completions.fail(future, failure)));
        if (!taken) {
            Completions.fail(future, MarketException.closed());
        }
        return future;
    }

    /** Becomes the client when it is ready; cancelling it closes the client. */
    private static final class Connecting extends CompletableFuture<MarketClient> {
        private final MarketClient client;

        Connecting(MarketClient client, CompletionStage<Void> ready) {
            this.client = client;
            ready.whenComplete((done, failure) -> {
                if (failure == null) {
                    complete(client);
                } else {
                    completeExceptionally(failure);
                }
            });
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                client.close();
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
