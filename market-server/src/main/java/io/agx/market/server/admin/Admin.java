package io.agx.market.server.admin;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.gateway.Gateway;
import io.agx.market.server.room.RoomFigures;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.ConnectionFigures;
import io.agx.market.server.subscriber.EndedConnection;
import io.agx.market.server.subscriber.FrameTrace;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator can see and do. Thread-safe; never called on the flush thread, for which it waits up to two seconds. Who may is asked before: it
 * takes everyone for an operator.
 */
public final class Admin {
    /** Questions that may be under way. */
    public static final int MAX_QUESTIONS = FlushThread.MAX_QUESTIONS;

    /** Rooms or connections of one answer. */
    public static final int MAX_LIMIT = 1_000;

    private static final int MAX_RATE = 1_000_000;
    private static final int MAX_URL_LENGTH = 1_024;
    private static final Logger LOG = LoggerFactory.getLogger(Admin.class);

    private final FlushThread flushThread;
    private final RoomLoop loop;
    private final SubscriberRegistry subscribers;
    private final Traces traces;
    private final Gateway gateway;
    private final Stats stats;
    private final IntSupplier drainConnectsPerSecond;
    private final Supplier<String> drainUrl;
    // Written while the server is put together, read by anyone.
    private volatile @Nullable Function<String, ReloadReport> reload;

    /**
     * @param drainConnectsPerSecond of a drain that tells none
     * @param drainUrl of a drain that tells none; empty for none
     */
    public Admin(
            RoomLoop loop,
            SubscriberRegistry subscribers,
            Traces traces,
            Gateway gateway,
            Stats stats,
            IntSupplier drainConnectsPerSecond,
            Supplier<String> drainUrl) {
        this.flushThread = new FlushThread(loop);
        this.loop = loop;
        this.subscribers = subscribers;
        this.traces = traces;
        this.gateway = gateway;
        this.stats = stats;
        this.drainConnectsPerSecond = drainConnectsPerSecond;
        this.drainUrl = drainUrl;
    }

    /**
     * The rooms with the most members.
     *
     * @param limit 1 to {@link #MAX_LIMIT}
     * @throws ProtocolException {@link ErrorCode#BAD_FIELD}, or {@link ErrorCode#BACK_PRESSURE} without an answer in time, as all here
     */
    public RoomFigures.Largest rooms(int limit) {
        requireLimit(limit);
        return flushThread.ask(() -> loop.registry().largest(limit));
    }

    /** @param limit 1 to {@link #MAX_LIMIT} */
    public ConnectionFigures.First connections(ConnectionFigures.Order order, int limit) {
        requireLimit(limit);
        return flushThread.ask(() -> subscribers.first(order, limit));
    }

    /** The longest that a question held up the flush thread since the start. */
    public long longestHoldNanos() {
        return flushThread.longestNanos();
    }

    /** How long all questions together held up the flush thread. */
    public long totalHoldNanos() {
        return flushThread.totalNanos();
    }

    /** Questions under way. */
    public int openQuestions() {
        return flushThread.openQuestions();
    }

    /** Questions refused because so many were under way. */
    public long refusedCount() {
        return flushThread.refusedCount();
    }

    /** Questions that the flush thread came to since the start. */
    public long questionCount() {
        return flushThread.questionCount();
    }

    /** The connections that ended last, the newest first. */
    public List<EndedConnection> ends() {
        return flushThread.ask(subscribers::ends);
    }

    /**
     * Waits for nobody.
     *
     * @param afterTimeMillis leaves out the seconds of the history up to then
     */
    public Stats.Now stats(long afterTimeMillis) {
        return stats.now(afterTimeMillis);
    }

    /**
     * Sends all connections away, as a stop does, and takes no more; the process goes on. Done once: asked again it only answers.
     *
     * @param userId who wants it, for the log
     * @param connectsPerSecond how many are to come back per second, 1 to 1,000,000; null for what is configured
     * @param url WebSocket URL where they find another node, at most 1,024 characters, or empty; null for what is configured
     * @return how many connections were told
     */
    public int drain(String userId, @Nullable Integer connectsPerSecond, @Nullable String url) {
        int rate = connectsPerSecond == null ? drainConnectsPerSecond.getAsInt() : connectsPerSecond;
        String target = url == null ? drainUrl.get() : url;
        if (rate < 1 || rate > MAX_RATE) {
            throw bad("rate", "rate must be 1 to " + MAX_RATE + ", was " + rate);
        }
        if (target.length() > MAX_URL_LENGTH) {
            throw bad("url", "url must have at most " + MAX_URL_LENGTH + " characters, had " + target.length());
        }
        if (!target.isEmpty() && !target.startsWith("ws://") && !target.startsWith("wss://")) {
            throw bad("url", "url must begin with ws:// or wss://");
        }
        LOG.info("drain: by={} rate={} again={}", userId, rate, gateway.isDraining());
        gateway.drain(rate, target);
        int told = flushThread.await(gateway.drainedCount());
        LOG.info("drain: by={} connections={}", userId, told);
        return told;
    }

    /**
     * Who reads the configuration again.
     *
     * @param reader told who wants it; throws a {@link ProtocolException} if it is not good, and nothing has changed
     */
    public void reloadBy(Function<String, ReloadReport> reader) {
        reload = reader;
    }

    /**
     * Reads the configuration again. Waits for the disk.
     *
     * @param userId who wants it, for the log
     * @throws ProtocolException if it is not good, and nothing has changed
     */
    public ReloadReport reload(String userId) {
        Function<String, ReloadReport> reader = reload;
        if (reader == null) {
            throw new ProtocolException(
                    ErrorCode.NOT_SUPPORTED, null, "this server was not started with a configuration to be read again");
        }
        return reader.apply(userId);
    }

    /** As {@link Traces#start}. */
    public void startTrace(String userId, String connectionId) {
        flushThread.ask(() -> {
            traces.start(userId, connectionId);
            return true;
        });
    }

    /** As {@link Traces#after}. */
    public FrameTrace.Page trace(String userId, String connectionId, long afterNumber) {
        return flushThread.ask(() -> traces.after(userId, connectionId, afterNumber));
    }

    /** As {@link Traces#stop}. */
    public void stopTrace(String userId, String connectionId) {
        flushThread.ask(() -> {
            traces.stop(userId, connectionId);
            return true;
        });
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw bad("limit", "limit must be 1 to " + MAX_LIMIT + ", was " + limit);
        }
    }

    private static ProtocolException bad(String field, String message) {
        return new ProtocolException(ErrorCode.BAD_FIELD, field, message);
    }
}
