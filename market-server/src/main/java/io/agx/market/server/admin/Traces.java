package io.agx.market.server.admin;

import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.subscriber.FrameTrace;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who looks at the messages of which connection. Owned by the flush thread. A trace outlives its connection, so that its last messages can be
 * read, and ends when nobody asks for it.
 */
public final class Traces {
    /** Traces at a time. */
    public static final int MAX_TRACES = 4;

    /** A trace that nobody asked for so long ends. */
    static final long UNASKED_MILLIS = 10_000;

    /** A trace ends after this in any case. */
    static final long LONGEST_MILLIS = 600_000;

    private static final Logger LOG = LoggerFactory.getLogger(Traces.class);

    private final SubscriberRegistry subscribers;
    private final LongSupplier nanoClock;
    // By the user id of who looks.
    private final Map<String, Running> running = new LinkedHashMap<>();

    private static final class Running {
        private final Subscriber subscriber;
        private final FrameTrace trace = new FrameTrace();
        private final long startNanos;
        private long askedNanos;

        Running(Subscriber subscriber, long nowNanos) {
            this.subscriber = subscriber;
            startNanos = nowNanos;
            askedNanos = nowNanos;
        }
    }

    /** @param nanoClock monotonic */
    public Traces(SubscriberRegistry subscribers, LongSupplier nanoClock) {
        this.subscribers = subscribers;
        this.nanoClock = nanoClock;
    }

    /**
     * Begins to keep a connection's messages, in place of the one that this operator looked at; goes on if it is the same.
     *
     * @throws ProtocolException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#ALREADY_EXISTS} if someone else looks at it; {@link
     *     ErrorCode#RATE_LIMITED} if there are {@link #MAX_TRACES}
     */
    void start(String userId, String connectionId) {
        Running own = running.get(userId);
        if (own != null && own.subscriber.id().equals(connectionId)) {
            own.askedNanos = nanoClock.getAsLong();
            return;
        }
        Subscriber subscriber = subscribers
                .find(connectionId)
                .filter(found -> !found.hasEnded())
                .orElseThrow(() -> notFound("there is no connection " + Texts.clip(connectionId)));
        if (running.values().stream().anyMatch(other -> other.subscriber == subscriber)) {
            throw new ProtocolException(
                    ErrorCode.ALREADY_EXISTS, "id", "someone else traces the connection " + connectionId);
        }
        if (own == null && running.size() >= MAX_TRACES) {
            throw new ProtocolException(
                    ErrorCode.RATE_LIMITED, "id", MAX_TRACES + " connections are traced, which is the most");
        }
        end(userId, "another is traced");
        Running started = new Running(subscriber, nanoClock.getAsLong());
        running.put(userId, started);
        subscriber.trace(started.trace);
        LOG.info("trace begins: connection={} by={}", connectionId, userId);
    }

    /** @throws ProtocolException {@link ErrorCode#NOT_FOUND} if this operator does not trace that connection */
    FrameTrace.Page after(String userId, String connectionId, long number) {
        Running own = require(userId, connectionId);
        own.askedNanos = nanoClock.getAsLong();
        return own.trace.after(number);
    }

    /** @throws ProtocolException {@link ErrorCode#NOT_FOUND} if this operator does not trace that connection */
    void stop(String userId, String connectionId) {
        require(userId, connectionId);
        end(userId, "stopped");
    }

    /** Ends what nobody asks for; called once a second. */
    public void tick() {
        if (running.isEmpty()) {
            return;
        }
        long now = nanoClock.getAsLong();
        List<String> over = new ArrayList<>();
        running.forEach((userId, each) -> {
            if (now - each.askedNanos > TimeUnit.MILLISECONDS.toNanos(UNASKED_MILLIS)
                    || now - each.startNanos > TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS)) {
                over.add(userId);
            }
        });
        over.forEach(userId -> end(userId, "its time is over"));
    }

    private Running require(String userId, String connectionId) {
        Running own = running.get(userId);
        if (own == null || !own.subscriber.id().equals(connectionId)) {
            throw notFound("you do not trace the connection " + Texts.clip(connectionId));
        }
        return own;
    }

    private void end(String userId, String why) {
        Running ended = running.remove(userId);
        if (ended != null) {
            ended.subscriber.trace(null);
            LOG.info("trace ends: connection={} by={} because={}", ended.subscriber.id(), userId, why);
        }
    }

    private static ProtocolException notFound(String message) {
        return new ProtocolException(ErrorCode.NOT_FOUND, "id", message);
    }
}
