package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.CommandDecoder;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one peer sends, from text to command. Its methods are called by the container, never two at once for one connection;
 * whatever comes, nothing is thrown.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** PINGs of one connection that wait for their PONG; more at once are a flood, and not answered. */
    private static final int MAX_PONGS_DUE = 64;

    private static final Publication PONG = Publication.reply("PONG".getBytes(StandardCharsets.UTF_8));

    private final Subscriber subscriber;
    private final SubscriberRegistry subscribers;
    private final RoomLoop loop;
    private final CommandDispatcher dispatcher;
    private final Replays replays;
    private final Supplier<GatewayLimits> limitsNow;
    private final Access access;
    private final LongSupplier clockMillis;
    private final LongSupplier nanoClock;
    private final CommandBudget budget;
    private final PublishCredit credit = new PublishCredit();
    private final AtomicInteger pongsDue = new AtomicInteger();
    // The reading thread's: the limits of the last message, and that what comes after the end is nobody's.
    private GatewayLimits limits;
    private boolean finished;

    Connection(
            Subscriber subscriber,
            SubscriberRegistry subscribers,
            RoomLoop loop,
            CommandDispatcher dispatcher,
            Replays replays,
            Supplier<GatewayLimits> limits,
            Access access,
            LongSupplier clockMillis,
            LongSupplier nanoClock) {
        this.subscriber = subscriber;
        this.subscribers = subscribers;
        this.loop = loop;
        this.dispatcher = dispatcher;
        this.replays = replays;
        this.limitsNow = limits;
        this.limits = limits.get();
        this.access = access;
        this.clockMillis = clockMillis;
        this.nanoClock = nanoClock;
        this.budget =
                new CommandBudget(this.limits.commandsPerSecond(), this.limits.commandBurst(), nanoClock.getAsLong());
    }

    public String id() {
        return subscriber.id();
    }

    /** A text message. {@code PING} and {@code PONG} are heartbeats, anything else is a command. */
    public void onText(String text) {
        if (finished) {
            return;
        }
        subscriber.heard();
        subscriber.heardText(text);
        takeLimits();
        if ("PONG".equals(text)) {
            subscriber.isSeedClient();
        } else if ("PING".equals(text)) {
            pong();
        } else if (mayPublish()) {
            onPublishersCommand(text);
        } else if (budget.tryTake(nanoClock.getAsLong())) {
            onCommand(text);
        } else {
            refuse();
        }
    }

    private void takeLimits() {
        GatewayLimits now = limitsNow.get();
        if (!now.equals(limits)) {
            limits = now;
            budget.setLimits(now.commandsPerSecond(), now.commandBurst());
        }
    }

    private boolean mayPublish() {
        return access.identity().filter(it -> it.may(Scope.PUBLISH)).isPresent();
    }

    /**
     * What is published is bounded by credit, not by the budget of commands; all else of a publisher's is: what is pushed back, bad
     * commands.
     */
    private void onPublishersCommand(String text) {
        ClientCommand command;
        try {
            command = CommandDecoder.decode(text);
        } catch (ProtocolException e) {
            if (budget.tryTake(nanoClock.getAsLong())) {
                onBadCommand(e);
            } else {
                refuse();
            }
            return;
        }
        if (!(command instanceof ClientCommand.Publish) && !budget.tryTake(nanoClock.getAsLong())) {
            refuse();
            return;
        }
        budget.noted(false);
        run(command, clockMillis.getAsLong());
        if (credit.takeRefused()
                && !budget.tryTake(nanoClock.getAsLong())
                && budget.refused() >= limits.maxRefusedCommands()) {
            end(CloseCode.RATE_LIMIT, "retry after " + budget.retryAfterMillis() + " ms");
        }
    }

    /**
     * A pong frame.
     *
     * @param nonce its payload, or 0 if that has not four bytes
     */
    public void onPong(int nonce) {
        subscriber.heardPong(nonce);
    }

    /** A binary message: there is nothing that it could mean. */
    public void onBinary() {
        end(CloseCode.BINARY_NOT_SUPPORTED, "send commands as text");
    }

    /** The connection is gone, and nobody said why. */
    public void onClose() {
        onClose(CloseCode.ABNORMAL, "");
    }

    /**
     * The connection is gone.
     *
     * @param code as the container tells it; 1006 if there was no Close frame
     */
    public void onClose(int code, String reason) {
        replays.connectionEnded(subscriber.id());
        loop.execute(() -> subscribers.remove(subscriber, code, reason));
    }

    void subscribe(List<String> rooms) {
        if (!rooms.isEmpty()) {
            List<RoomRequest> requests = rooms.stream().map(RoomRequest::of).toList();
            run(new ClientCommand.Subscribe(null, requests), clockMillis.getAsLong());
        }
    }

    /** Ends a connection whose handshake brought a token that is not good. Nothing that it sends is heard. */
    void refuseToken(ProtocolException why) {
        finished = true;
        loop.execute(() -> {
            subscribers.add(subscriber);
            subscriber.reply(ServerEvent.ErrorEvent.of(why));
            subscriber.endWhenSent(
                    why.code() == ErrorCode.KEYS_UNAVAILABLE ? CloseCode.TRY_AGAIN_LATER : CloseCode.TOKEN_REFUSED,
                    why.code().code());
        });
    }

    private void pong() {
        if (pongsDue.incrementAndGet() > MAX_PONGS_DUE) {
            pongsDue.decrementAndGet();
            return;
        }
        loop.execute(() -> {
            pongsDue.decrementAndGet();
            subscriber.reply(PONG);
        });
    }

    private void onCommand(String text) {
        long receivedMillis = clockMillis.getAsLong();
        try {
            ClientCommand command = CommandDecoder.decode(text);
            budget.noted(false);
            run(command, receivedMillis);
        } catch (ProtocolException e) {
            onBadCommand(e);
        }
    }

    private void onBadCommand(ProtocolException e) {
        reply(ServerEvent.ErrorEvent.of(e));
        if (budget.noted(true) >= limits.maxBadCommands()) {
            end(CloseCode.BAD_COMMANDS, limits.maxBadCommands() + " messages in a row were no commands");
        }
    }

    private void run(ClientCommand command, long receivedMillis) {
        try {
            dispatcher.run(command, subscriber, access, credit, this::reply, this::reply, loop, receivedMillis);
        } catch (ProtocolException e) {
            reply(ServerEvent.ErrorEvent.of(e.of(command.id())));
        } catch (RuntimeException e) {
            LOG.error("command failed: connection={} event={}", subscriber.id(), command.event(), e);
            fail(command.id());
        }
    }

    private void fail(@Nullable RequestId id) {
        reply(ServerEvent.ErrorEvent.of(id, ErrorCode.INTERNAL, "the server failed; the fault is its own"));
    }

    private void refuse() {
        if (budget.refused() >= limits.maxRefusedCommands()) {
            end(CloseCode.RATE_LIMIT, "retry after " + budget.retryAfterMillis() + " ms");
            return;
        }
        Problem problem = new Problem(
                ErrorCode.RATE_LIMITED,
                null,
                "at most " + limits.commandsPerSecond() + " commands per second, " + limits.commandBurst()
                        + " at once");
        reply(new ServerEvent.ErrorEvent(null, problem, budget.retryAfterMillis()));
    }

    private void reply(ServerEvent event) {
        reply(event, () -> {});
    }

    /** Encoded here rather than on the flush thread, which is everybody's. */
    private void reply(ServerEvent event, Runnable taken) {
        subscriber.note(event);
        Publication encoded = Publication.reply(EventEncoder.encode(event));
        loop.execute(() -> {
            subscriber.reply(encoded);
            taken.run();
        });
    }

    private void end(CloseCode code, String reason) {
        finished = true;
        loop.execute(() -> subscriber.end(code, reason));
    }
}
