package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.json.CommandEncoder;
import io.agx.market.core.protocol.json.EventDecoder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection over its whole life: connecting, welcome, heartbeat, loss, backoff, again. Owned by the thread of its {@link
 * Timers}; what sockets tell is handed over to it.
 *
 * <p>States: CONNECTING (until welcome) → LIVE → WAITING (backoff) → CONNECTING …, and from each of them CLOSED, which is the end.
 */
final class Session {
    /** How often deadlines are looked at. */
    static final long TICK_MILLIS = 1_000;

    /** Longest slot of a drain that is believed: an hour, 3,600,000 clients at the server's default rate. */
    static final long MAX_SLOT_MILLIS = 3_600_000;

    private static final long MAX_RENEWAL_MILLIS = TimeUnit.DAYS.toMillis(1);

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Pattern WAIT = Pattern.compile("(\\d{1,7}) ?(ms)?");

    private enum State {
        CONNECTING,
        LIVE,
        WAITING,
        CLOSED
    }

    private final ClientConfig config;
    private final Socket.Connector connector;
    private final Timers timers;
    private final Backoff backoff;
    private final Deliveries deliveries;
    private final LatencyMeter latency = new LatencyMeter();
    private final SeenLatency seen = new SeenLatency();
    private final Requests requests = new Requests();
    private final Pace pace;
    private final Subscriber subscriber;
    private final Replays replays;
    private final Publications publications;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private Runnable onEnd = () -> {};
    private State state = State.WAITING;
    private @Nullable Link link;
    private Timers.@Nullable Timer reconnect;
    private @Nullable String epoch;
    private boolean everLive;
    private int attempts;
    private long liveSinceNanos;
    private long heardNanos;
    private long sentNanos;
    private URI uri;
    // The newest from the supplier; empty for none.
    private String token = "";
    // Whether the server has refused a token since it last took one.
    private boolean tokenRefused;
    private long tokenExpiresMillis;
    // What the server's clock is ahead of ours, as of its last welcome.
    private long serverAheadMillis;
    private Timers.@Nullable Timer renewal;
    private NotificationListener notifications = notification -> {};
    private @Nullable InboxFollower inbox;

    private final AtomicLong messageCount = new AtomicLong();
    private final AtomicLong malformedCount = new AtomicLong();
    private final AtomicLong reconnectCount = new AtomicLong();
    private final AtomicLong attemptCount = new AtomicLong();

    Session(ClientConfig config, Socket.Connector connector, Timers timers, Backoff backoff, Executor listeners) {
        this.config = config;
        this.connector = connector;
        this.timers = timers;
        this.backoff = backoff;
        this.deliveries = new Deliveries(listeners, () -> timers.execute(this::resume));
        this.pace = new Pace(timers, command -> requests.isAwaited(command.id()), this::write);
        this.subscriber = new Subscriber(this, requests, timers, config.gapFillLimit());
        this.replays = new Replays(this, requests);
        this.publications = new Publications(this, requests, timers);
        this.uri = config.uri();
    }

    /** Completes with the first welcome, or exceptionally when the client gives up before. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** What to do when nothing more will happen. Called before {@link #start()}. */
    void onEnd(Runnable task) {
        onEnd = task;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    boolean isLive() {
        return state == State.LIVE;
    }

    /** Whether messages are taken now: connected, and the listeners not too far behind. */
    boolean isReading() {
        return state == State.LIVE && link != null && !link.paused;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    void start() {
        tick();
        connect();
    }

    void onNotification(NotificationListener listener) {
        notifications = listener;
    }

    /** Follows the inbox from now on, in place of who did before. */
    void follow(InboxFollower follower) {
        inbox = follower;
        if (state == State.LIVE && epoch != null) {
            follower.onLive(epoch);
        }
    }

    Requests requests() {
        return requests;
    }

    Replays replays() {
        return replays;
    }

    Publications publications() {
        return publications;
    }

    /** Where the client is connected, or tries to be: where a drain has sent it, or else where it was told to connect. */
    URI uri() {
        return uri;
    }

    Latency latency() {
        return latency.latency();
    }

    /** The listeners have caught up. */
    void resume() {
        if (link != null && link.paused) {
            link.paused = false;
            // While we did not read we could not hear: the deadline starts anew.
            heardNanos = timers.nanos();
            link.request();
        }
    }

    void close(int code, String reason) {
        if (state == State.CLOSED) {
            return;
        }
        Link last = link;
        boolean connecting = state == State.CONNECTING;
        end(MarketException.closed());
        if (last != null && last.socket != null) {
            Socket socket = last.socket;
            socket.close(code, reason);
            timers.schedule(
                    () -> {
                        socket.abort();
                        onEnd.run();
                    },
                    TICK_MILLIS);
        } else if (connecting) {
            // The thread stays for as long as a socket may still come, to end that too.
            timers.schedule(() -> onEnd.run(), config.connectTimeout().toMillis());
        } else {
            onEnd.run();
        }
    }

    /** Sends a command now, or when the connection is back. */
    void ask(
            Function<RequestId, ClientCommand> command,
            Consumer<ReceivedEvent.Answer> onAnswer,
            Consumer<MarketException> onFailure) {
        if (state == State.CLOSED) {
            onFailure.accept(MarketException.closed());
            return;
        }
        if (requests.isFull()) {
            onFailure.accept(tooMany());
            return;
        }
        send(requests.add(command, true, requestDeadline(), onAnswer, onFailure));
    }

    long requestDeadline() {
        return timers.nanos() + config.requestTimeout().toNanos();
    }

    /** Sends a command on this connection, if there is one, as soon as the server takes it. */
    void send(ClientCommand command) {
        if (command instanceof ClientCommand.Publish) {
            write(command); // Bounded by its credit instead.
        } else if (state == State.LIVE) {
            pace.send(command);
        }
    }

    private void write(ClientCommand command) {
        if (state == State.LIVE && link != null && link.socket != null) {
            sentNanos = timers.nanos();
            link.socket.send(CommandEncoder.encode(command));
        }
    }

    Deliveries deliveries() {
        return deliveries;
    }

    void emit(LifecycleEvent event) {
        deliveries.post(() -> config.lifecycle().onEvent(event));
    }

    ClientCounters counters() {
        return new ClientCounters(
                messageCount.get(),
                malformedCount.get(),
                subscriber.duplicateTradeCount(),
                subscriber.gapCount(),
                subscriber.filledTradeCount(),
                subscriber.conflatedCount(),
                reconnectCount.get(),
                attemptCount.get(),
                deliveries.failureCount());
    }

    private void connect() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CONNECTING;
        attemptCount.incrementAndGet();
        Link next = new Link();
        link = next;
        if (!hasTokens()) {
            open(next);
            return;
        }
        next.timeout = timers.schedule(
                () -> lost(next, CloseCode.ABNORMAL, "no token in " + config.requestTimeout(), 0),
                config.requestTimeout().toMillis());
        askToken(
                () -> {
                    if (next == link) {
                        open(next);
                    }
                },
                failure -> lost(next, CloseCode.ABNORMAL, failure, 0));
    }

    private boolean hasTokens() {
        return !config.token().equals(TokenSupplier.NONE);
    }

    private boolean hasOtherTokens() {
        return hasTokens() && !(config.token() instanceof FixedToken);
    }

    private void open(Link next) {
        next.cancelTimeout();
        next.timeout = timers.schedule(
                () -> lost(next, CloseCode.ABNORMAL, "no welcome in " + config.connectTimeout(), 0),
                config.connectTimeout().toMillis());
        connector.connect(uri, token, next);
    }

    /** Asks the application for a token, on a thread of its own; what comes of it is told on the owner thread. */
    private void askToken(Runnable onToken, Consumer<String> onFailure) {
        deliveries.execute(() -> {
            try {
                String given = config.token().token();
                timers.execute(() -> {
                    token = given;
                    onToken.run();
                });
            } catch (Exception | LinkageError | AssertionError e) {
                // Its message may have the token.
                String failure = "no token was to be had: " + e.getClass().getName();
                timers.execute(() -> onFailure.accept(failure));
            }
        });
    }

    /** The newest token from the supplier; empty for none. */
    String token() {
        return token;
    }

    /** The server has taken a token: the next one is asked for when four fifths of its time are over. */
    private void authenticated(Link from, ReceivedEvent.Authenticated event) {
        boolean newer = event.expiresTimeMillis() > tokenExpiresMillis;
        tokenRefused = false;
        tokenExpiresMillis = event.expiresTimeMillis();
        emit(new LifecycleEvent.Authenticated(event.userId(), event.expiresTimeMillis(), event.scopes()));
        if (inbox != null) {
            inbox.onAuthenticated();
        }
        cancelRenewal();
        if (newer && hasOtherTokens()) {
            long leftMillis = event.expiresTimeMillis() - (timers.epochMillis() + serverAheadMillis);
            // What is longer than a day is looked at again then: timers of years are nobody's business.
            long delayMillis = Math.max(TICK_MILLIS, Math.min(leftMillis / 5 * 4, MAX_RENEWAL_MILLIS));
            renewal = timers.schedule(() -> renew(from), delayMillis);
        }
    }

    private void renew(Link from) {
        askToken(
                () -> {
                    if (from == link && state == State.LIVE && !token.isEmpty() && !requests.isFull()) {
                        String given = token;
                        send(requests.add(
                                id -> new ClientCommand.Auth(id, given),
                                false,
                                requestDeadline(),
                                answer -> {},
                                failure -> emit(new LifecycleEvent.NotRenewed(
                                        failure.code(), String.valueOf(failure.getMessage())))));
                    }
                },
                failure -> emit(new LifecycleEvent.NotRenewed(ErrorCode.NOT_AUTHENTICATED.code(), failure)));
    }

    private void cancelRenewal() {
        if (renewal != null) {
            renewal.cancel();
            renewal = null;
        }
    }

    private void tick() {
        if (state == State.CLOSED) {
            return;
        }
        long now = timers.nanos();
        requests.expire(now);
        publications.expire(now);
        subscriber.tellConflated();
        if (state == State.LIVE && link != null && !link.paused) {
            if (isOver(now, heardNanos, config.deadline())) {
                lost(link, CloseCode.ABNORMAL, "nothing heard for " + config.deadline(), 0);
            } else if (isOver(now, sentNanos, config.heartbeat()) || isQuiet(now)) {
                heartbeat();
            }
        }
        timers.schedule(this::tick, TICK_MILLIS);
    }

    /**
     * Whether nothing came for half a heartbeat, and a second since we last asked. The JDK loses an end of stream that comes
     * together with data (see {@link JdkConnector}); writing to such a socket fails the second time.
     */
    private boolean isQuiet(long nowNanos) {
        return isOver(nowNanos, heardNanos, config.heartbeat().dividedBy(2))
                && isOver(nowNanos, sentNanos, Duration.ofMillis(TICK_MILLIS));
    }

    /** A question proves that we live, and its answer that the server does; and how far away it is. */
    private void heartbeat() {
        ping(pong -> {}, failure -> {});
    }

    /** Measures the way to the server. A ping is not sent again on another connection: its time would say nothing. */
    void ping(Consumer<PingReply> onReply, Consumer<MarketException> onFailure) {
        if (state != State.LIVE) {
            onFailure.accept(new MarketException(Requests.DROPPED, "there is no connection now", true));
            return;
        }
        if (requests.isFull()) {
            onFailure.accept(tooMany());
            return;
        }
        long startNanos = timers.nanos();
        long clientTimeMillis = timers.epochMillis();
        pace.spend(); // Past the line: a ping must not wait behind what it is to measure.
        write(requests.add(
                id -> seen.ping(id, clientTimeMillis),
                false,
                requestDeadline(),
                answer -> {
                    if (answer instanceof ReceivedEvent.Pong pong) {
                        onReply.accept(measure(pong, startNanos, clientTimeMillis));
                    }
                },
                onFailure));
    }

    private PingReply measure(ReceivedEvent.Pong pong, long startNanos, long clientTimeMillis) {
        long elapsedMicros = (timers.nanos() - startNanos) / 1_000;
        long there = pong.receiveTimeMillis() - clientTimeMillis;
        long back = pong.sendTimeMillis() - (clientTimeMillis + elapsedMicros / 1_000);
        long servedMicros = (pong.sendTimeMillis() - pong.receiveTimeMillis()) * 1_000;
        PingReply reply = new PingReply(Math.max(0, elapsedMicros - servedMicros), (there + back) / 2);
        latency.add(reply.roundTripMicros(), reply.clockOffsetMillis());
        seen.measured(reply.roundTripMicros());
        return reply;
    }

    private static MarketException tooMany() {
        return new MarketException(
                MarketException.TOO_MANY, "more than " + Requests.BOUND + " commands without an answer", true);
    }

    private static boolean isOver(long nowNanos, long sinceNanos, Duration limit) {
        return nowNanos - sinceNanos >= limit.toNanos();
    }

    private void received(Link from, String text) {
        if (from != link || state == State.CLOSED) {
            return;
        }
        heardNanos = timers.nanos();
        messageCount.incrementAndGet();
        if (!"PONG".equals(text)) {
            try {
                handle(from, EventDecoder.decode(text));
            } catch (ProtocolException e) {
                if (malformedCount.incrementAndGet() == 1) {
                    LOG.warn("malformed_event count=1 problem={}", e.getMessage());
                }
            }
        }
        if (from == link) {
            from.paused = deliveries.isFull();
            if (!from.paused) {
                from.request();
            }
        }
    }

    private void handle(Link from, ReceivedEvent event) {
        if (event instanceof ReceivedEvent.Welcome welcome) {
            welcomed(from, welcome);
        } else if (event instanceof ReceivedEvent.ReadStatus status) {
            if (inbox != null) {
                inbox.onReadStatus(status);
            }
            requests.answer(status);
        } else if (event instanceof ReceivedEvent.Gap gap && gap.room().equals("inbox")) {
            if (inbox != null) {
                inbox.onGap();
            }
        } else if (event instanceof ReceivedEvent.Answer answer) {
            if (answer instanceof ReceivedEvent.Authenticated taken) {
                authenticated(from, taken);
            }
            if (answer instanceof ReceivedEvent.Failed failed
                    && failed.id() == null
                    && failed.code().equals(ErrorCode.RATE_LIMITED.code())) {
                pace.refused();
            }
            if (!replays.ended(answer)) {
                requests.answer(answer);
            }
        } else if (event instanceof ReceivedEvent.Played played) {
            replays.played(played);
        } else if (event instanceof ReceivedEvent.Notification notification) {
            NotificationListener listener = notifications;
            deliveries.post(() -> listener.onNotification(notification));
            if (inbox != null) {
                inbox.onNotification(notification);
            }
        } else if (event instanceof ReceivedEvent.Notice notice) {
            emit(new LifecycleEvent.Notice(notice.message()));
        } else if (event instanceof ReceivedEvent.Drain drain) {
            long waitMillis = Math.min(drain.reconnectAfterMillis(), MAX_SLOT_MILLIS);
            from.slotNanos = timers.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
            from.drainUri = drainUri(drain.url());
            emit(new LifecycleEvent.Draining(waitMillis, drain.url() == null ? "" : drain.url()));
            from.cancelTimeout();
            from.timeout = timers.schedule(() -> leave(from), waitMillis);
        } else {
            if (event instanceof ReceivedEvent.RoomUpdate update && seen.isDue()) {
                seen.arrived(update.serverTimeMillis(), timers.epochMillis(), latency.latency());
            }
            subscriber.dispatch(event);
        }
    }

    private void welcomed(Link from, ReceivedEvent.Welcome welcome) {
        if (state != State.CONNECTING) {
            return;
        }
        from.cancelTimeout();
        state = State.LIVE;
        liveSinceNanos = timers.nanos();
        sentNanos = liveSinceNanos;
        serverAheadMillis = welcome.serverTimeMillis() - timers.epochMillis();
        tokenExpiresMillis = 0;
        String oldEpoch = epoch;
        epoch = welcome.epoch();
        if (everLive) {
            reconnectCount.incrementAndGet();
            emit(new LifecycleEvent.Reconnected(welcome));
        } else {
            everLive = true;
            emit(new LifecycleEvent.Connected(welcome));
            ready.completeAsync(() -> null);
        }
        if (oldEpoch != null && !oldEpoch.equals(epoch)) {
            emit(new LifecycleEvent.HistoryChanged(oldEpoch, epoch));
            subscriber.forgetPositions();
        }
        pace.restart(welcome.limits());
        List<ClientCommand> again = requests.resend();
        // First the rooms: what is live must not wait for queries.
        subscriber.onLive(welcome, oldEpoch != null);
        if (inbox != null) {
            inbox.onLive(welcome.epoch());
        }
        again.forEach(this::send);
        publications.onLive(welcome);
    }

    /** The node that takes over; null for the same one, also if it is no address of a WebSocket. */
    private @Nullable URI drainUri(@Nullable String url) {
        if (url == null || url.isEmpty()) {
            return null;
        }
        try {
            URI next = ClientConfig.builder(URI.create(url)).build().uri();
            if ("wss".equals(uri.getScheme()) && !"wss".equals(next.getScheme())) {
                throw new IllegalArgumentException("a secure server does not send to an open one");
            }
            return next;
        } catch (IllegalArgumentException e) {
            LOG.warn("drain_url_ignored url={} problem={}", url, e.getMessage());
            return null;
        }
    }

    /** A drain's slot has come: go before the server does. */
    private void leave(Link from) {
        if (from == link && state == State.LIVE && from.socket != null) {
            from.socket.close(CloseCode.NORMAL.code(), "drained");
            lost(from, CloseCode.SERVICE_RESTART.code(), "drained", 0);
        }
    }

    private void lost(Link from, int code, String reason, int httpStatus) {
        if (from != link || state == State.CLOSED) {
            return;
        }
        from.cancelTimeout();
        cancelRenewal();
        pace.stop();
        link = null;
        if (from.socket != null) {
            from.socket.abort();
        }
        boolean wasLive = state == State.LIVE;
        ReconnectPolicy policy = config.reconnect();
        if (wasLive) {
            subscriber.onLost();
            replays.onLost();
            if (policy.stableAfter().isPresent()
                    && isOver(
                            timers.nanos(), liveSinceNanos, policy.stableAfter().get())) {
                attempts = 0;
            }
        }
        boolean wrongAddress = httpStatus >= 400 && httpStatus < 500 && httpStatus != 408 && httpStatus != 429;
        boolean mayReturn = policy.mayReconnect(code) || mayShowAnother(code);
        boolean again = mayReturn && attempts < policy.maxAttempts() && (everLive || !wrongAddress);
        if (wasLive) {
            emit(new LifecycleEvent.Disconnected(code, reason, again));
        } else {
            emit(new LifecycleEvent.Unreachable(httpStatus == 0 ? reason : "HTTP " + httpStatus, again));
        }
        LOG.info(
                "disconnected code={} status={} attempt={} again={} reason={}",
                code,
                httpStatus,
                attempts,
                again,
                reason);
        if (!again) {
            end(new MarketException(
                    MarketException.CLOSED,
                    "the connection ended for good: code " + code + (httpStatus == 0 ? "" : ", HTTP " + httpStatus)
                            + ", " + reason,
                    false));
            onEnd.run();
            return;
        }
        state = State.WAITING;
        if (!wasLive) {
            uri = config.uri(); // A server to which a drain sent us and that does not answer is given up.
        } else if (from.drainUri != null) {
            uri = from.drainUri;
        }
        long delayMillis = from.slotNanos == null
                ? Math.max(backoff.delayMillis(attempts++), Math.max(from.waitMillis, retryAfterMillis(code, reason)))
                : untilSlotMillis(from.slotNanos);
        reconnect = timers.schedule(this::connect, delayMillis);
    }

    /** A refused token may be an old one: another is asked for, once. */
    private boolean mayShowAnother(int code) {
        boolean first = code == CloseCode.TOKEN_REFUSED.code() && hasOtherTokens() && !tokenRefused;
        tokenRefused |= first;
        return first;
    }

    /** The server has spread the slots over all its clients, each with a jitter of its own: a wait of ours would only blur that. */
    private long untilSlotMillis(long slotNanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(slotNanos - timers.nanos()));
    }

    /** The wait that a close with 4008 tells in its reason, in seconds or "ms", an hour at most; 0 if it tells none. */
    private static long retryAfterMillis(int code, String reason) {
        Matcher wait = WAIT.matcher(reason);
        if (code != CloseCode.RATE_LIMIT.code() || !wait.find()) {
            return 0;
        }
        long number = Long.parseLong(wait.group(1));
        return Math.min(wait.group(2) == null ? number * 1_000 : number, MAX_SLOT_MILLIS);
    }

    private void end(MarketException why) {
        cancelRenewal();
        if (link != null) {
            link.cancelTimeout();
        }
        if (reconnect != null) {
            reconnect.cancel();
        }
        state = State.CLOSED;
        pace.stop();
        link = null;
        Completions.fail(ready, why);
        requests.failAll(why);
        publications.failAll(why);
        replays.onLost();
        subscriber.failAll(why);
    }

    /** One attempt and the socket it may become. Hands everything over to the owner thread. */
    private final class Link implements Socket.Listener {
        private @Nullable Socket socket;
        private Timers.@Nullable Timer timeout;
        private boolean paused;
        // When to come back after a drain; null if there was none.
        private @Nullable Long slotNanos;
        // Where to come back after a drain; null for the same address.
        private @Nullable URI drainUri;
        // What the refusal of the handshake asked for; written before the owner thread is told of it.
        private volatile long waitMillis;

        @Override
        public void onOpen(Socket opened) {
            boolean taken = timers.execute(() -> {
                if (this == link) {
                    socket = opened;
                    heardNanos = timers.nanos();
                } else {
                    opened.abort();
                }
            });
            if (!taken) {
                opened.abort();
            }
        }

        @Override
        public void onText(String text) {
            timers.execute(() -> received(this, text));
        }

        @Override
        public void onFrame() {
            timers.execute(() -> {
                if (this == link) {
                    heardNanos = timers.nanos();
                }
            });
        }

        @Override
        public void onClosed(int code, String reason) {
            timers.execute(() -> lost(this, code, reason, 0));
        }

        @Override
        public void onRefused(int status, long retryAfterMillis) {
            waitMillis = retryAfterMillis;
            timers.execute(() -> lost(this, CloseCode.ABNORMAL, "the handshake was refused", status));
        }

        private void request() {
            if (socket != null) {
                socket.request();
            }
        }

        private void cancelTimeout() {
            if (timeout != null) {
                timeout.cancel();
                timeout = null;
            }
        }
    }
}
