package io.agx.market.server.gateway;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.history.LiveOffsets;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.identity.Authenticator;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.PresentedToken;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.publish.PublishAcks;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.QuotePublishing;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Remote;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberRegistry;
import io.agx.market.server.subscriber.SubscriberShard;
import io.agx.market.server.subscriber.Transport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Where connections come in, whatever the container. Thread-safe. */
public final class Gateway {
    private static final String STOPPING = "the server is stopping";
    /** Before the first slot: a stop takes up to two seconds, a start from a small log one. Who comes sooner finds nobody. */
    static final long RESTART_MILLIS = 3_000;

    private final String epoch;
    private final String node;
    private final RoomLoop loop;
    private final SubscriberRegistry subscribers;
    private final SubscriberShard shard;
    private final Replays replays;
    private final Supplier<GatewayLimits> limits;
    private final Supplier<AccessRules> rules;
    private final AuthCommand auth;
    private final LongSupplier clockMillis;
    private final LongSupplier nanoClock;
    private final CommandDispatcher dispatcher;
    private final GatewayFigures figures = new GatewayFigures();
    private final AtomicLong nextId = new AtomicLong(1);
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<Integer> drained = new CompletableFuture<>();
    // Written while the server is put together, read by the flush thread.
    private volatile Supplier<Map<String, Long>> alsoTold = Map::of;

    /**
     * Limits and rules are asked for whenever one applies, on whatever thread: new ones hold for connections that there are.
     *
     * @param nanoClock monotonic, for rates and time-outs
     */
    public Gateway(
            String epoch,
            String node,
            RoomLoop loop,
            SubscriberRegistry subscribers,
            MarketHistory history,
            TradeHistory trades,
            LiveOffsets offsets,
            Replays replays,
            Publishing publishing,
            QuotePublishing quotes,
            PublishAcks acks,
            Inbox inbox,
            Supplier<GatewayLimits> limits,
            Authenticator authenticator,
            Supplier<AccessRules> access,
            LongSupplier clockMillis,
            LongSupplier nanoClock) {
        this.epoch = epoch;
        this.node = node;
        this.loop = loop;
        this.subscribers = subscribers;
        this.shard = new SubscriberShard(
                loop, () -> limits.get().subscriber(), clockMillis, nanoClock, subscribers.counters());
        this.replays = replays;
        this.limits = limits;
        this.rules = access;
        this.auth = new AuthCommand(authenticator, access, inbox, loop, nanoClock);
        this.clockMillis = clockMillis;
        this.nanoClock = nanoClock;
        this.dispatcher = new CommandDispatcher(
                new SubscribeCommand(loop, history, trades, offsets, inbox, epoch),
                new UnsubscribeCommand(),
                new QueryCommands(history, trades),
                new PingCommand(clockMillis, figures),
                replays,
                new PublishCommand(publishing, quotes, acks),
                new InboxCommands(inbox, loop),
                auth,
                () -> access.get().requireToken(),
                figures);
    }

    /** What peers asked, and what they told of their connections. */
    public GatewayFigures figures() {
        return figures;
    }

    /** Those of now. */
    public GatewayLimits limits() {
        return limits.get();
    }

    /**
     * Adds limits to those that {@code welcome} tells: of what stands before this. Called while the server is put together.
     *
     * @param more asked on the flush thread for each connection
     */
    public void alsoTell(Supplier<Map<String, Long>> more) {
        Supplier<Map<String, Long>> before = alsoTold;
        alsoTold = () -> {
            Map<String, Long> all = new LinkedHashMap<>(before.get());
            all.putAll(more.get());
            return all;
        };
    }

    private Map<String, Long> toldLimits() {
        Map<String, Long> all = limits.get().told();
        all.putAll(alsoTold.get());
        return all;
    }

    /** A connection without a token has opened: greets it. */
    public Connection open(Transport transport, List<String> rooms) {
        return open(transport, Remote.UNKNOWN, rooms, Optional.empty());
    }

    /**
     * A connection has opened: greets it, or ends it if its token is not good. The answer to a handshake would be seen by no
     * browser's page, so it is refused here: with an {@code error} that says why, and a close code.
     *
     * @param transport writes to it
     * @param remote what is known of the peer
     * @param rooms names of rooms to subscribe at once, may be empty
     * @param token what the handshake brought, checked here: may wait for keys
     * @return what its messages are given to
     */
    public Connection open(Transport transport, Remote remote, List<String> rooms, Optional<PresentedToken> token) {
        String id = node + "-" + nextId.getAndIncrement();
        Subscriber subscriber = new Subscriber(id, transport, remote, shard);
        Access access = new Access(clockMillis, rules);
        Optional<Identity> identity = Optional.empty();
        Optional<ProtocolException> refusal = Optional.empty();
        try {
            identity = token.filter(this::isOurs).map(it -> auth.check(it.text(), access));
        } catch (ProtocolException e) {
            refusal = Optional.of(e);
        }
        Connection connection = new Connection(
                subscriber, subscribers, loop, dispatcher, replays, limits, access, clockMillis, nanoClock);
        if (refusal.isPresent()) {
            connection.refuseToken(refusal.get());
            return connection;
        }
        greet(id, subscriber, access, identity);
        connection.subscribe(rooms);
        return connection;
    }

    private boolean isOurs(PresentedToken token) {
        return !(rules.get().foreignTokens() && token.inQuery() && !token.looksSigned());
    }

    private void greet(String id, Subscriber subscriber, Access access, Optional<Identity> identity) {
        loop.execute(() -> {
            if (draining.get()) {
                subscriber.end(CloseCode.GOING_AWAY, STOPPING);
                return;
            }
            subscribers.add(subscriber);
            subscriber.reply(new ServerEvent.Welcome(
                    id,
                    ServerEvent.PROTOCOL,
                    clockMillis.getAsLong(),
                    epoch,
                    node,
                    toldLimits(),
                    limits.get().subscriber().heartbeatMillis(),
                    subscriber.transport().name()));
            identity.ifPresent(known -> auth.welcome(null, known, subscriber, access));
            if (rules.get().requireToken()) {
                auth.watch(subscriber, access);
            }
        });
    }

    /** Sends a notice to every connection. */
    public void broadcast(String message) {
        Publication notice =
                Publication.reply(EventEncoder.encode(new ServerEvent.SystemNotice(clockMillis.getAsLong(), message)));
        loop.execute(() -> subscribers.broadcast(notice));
    }

    /** Sends a notice to one connection; does nothing if there is none of that id. */
    public void send(String connectionId, String message) {
        loop.execute(() -> {
            Optional<Subscriber> subscriber = subscribers.find(connectionId);
            subscriber.ifPresent(found -> found.reply(new ServerEvent.SystemNotice(clockMillis.getAsLong(), message)));
        });
    }

    /** Whether it takes no more connections. */
    public boolean isDraining() {
        return draining.get();
    }

    /**
     * Takes no more connections, tells each when to come back, sends what is due at whatever rate, and ends each with 1001 once it has
     * it. Asked again it changes nothing.
     *
     * @param connectsPerSecond how many are to come back per second, 1 or higher
     * @param url where another node takes over at once; empty if this one will be back
     */
    public void drain(int connectsPerSecond, String url) {
        if (!draining.compareAndSet(false, true)) {
            return;
        }
        replays.close();
        loop.execute(() -> {
            int told = subscribers.count();
            List<Long> slots = DrainSlots.millis(
                    subscribers.count(), connectsPerSecond, url.isEmpty() ? RESTART_MILLIS : 0, new Random());
            subscribers.forEach(
                    slots,
                    (subscriber, slotMillis) ->
                            subscriber.reply(new ServerEvent.Drain(slotMillis, url.isEmpty() ? null : url)));
            loop.publishNow();
            subscribers.endAllWhenSent(CloseCode.GOING_AWAY, STOPPING);
            drained.complete(told);
        });
    }

    /** How many connections the drain told, once it has. */
    public CompletableFuture<Integer> drainedCount() {
        return drained.copy();
    }

    /** Waits until all connections are gone after {@link #drain}; those that are not by then are ended as they are. */
    public void awaitDrained(long millis) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (subscribers.count() > 0 && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        loop.execute(() -> subscribers.endAll(CloseCode.GOING_AWAY, STOPPING));
    }
}
