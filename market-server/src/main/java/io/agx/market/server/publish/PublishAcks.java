package io.agx.market.server.publish;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.TradeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers publishers that nobody waits for on a thread: when their trades are durable, thread {@code market-publish} tells the fills of
 * all that wait, together, and then answers each. It may wait for the disk; the log's thread, the flush thread and those that read
 * connections never do. Thread-safe.
 *
 * <p>Bounded by {@link #MAX_IN_FLIGHT} trades between being offered and answered.
 */
public final class PublishAcks implements AutoCloseable {
    /** As many as the log has in flight: 65,536 trades of some 250 bytes are 16 MiB. */
    public static final int MAX_IN_FLIGHT = 65_536;

    private static final int MAX_TOGETHER = 1_024;
    private static final long POLL_MILLIS = 100;
    private static final long STOP_MILLIS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(PublishAcks.class);

    private final Publishing publishing;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    // Bounded by what is in flight.
    private final LinkedBlockingQueue<Settled> settled = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "market-publish");
    private volatile boolean stopping;

    public PublishAcks(Publishing publishing) {
        this(publishing, MAX_IN_FLIGHT);
    }

    PublishAcks(Publishing publishing, int maxInFlight) {
        this.publishing = publishing;
        this.maxInFlight = maxInFlight;
        thread.setDaemon(true);
    }

    /** Who offered. Called on the thread of this; must not block. */
    public interface Publisher {
        void onDurable(List<TradeResult> results);

        /** Nothing is known to be kept; the same trades may be offered again. */
        void onFailure(ProtocolException why);
    }

    public void start() {
        thread.start();
    }

    /** Takes places for trades that are about to be offered; false if there are not so many. */
    public boolean tryTake(int trades) {
        if (inFlight.addAndGet(trades) > maxInFlight) {
            inFlight.addAndGet(-trades);
            refused.increment();
            return false;
        }
        return true;
    }

    /** Gives back places of trades that were not taken on. */
    public void giveBack(int trades) {
        inFlight.addAndGet(-trades);
    }

    /** Trades that are offered and not answered. */
    public int inFlightTrades() {
        return inFlight.get();
    }

    /** How often there were not so many places as were asked for. */
    public long refusedCount() {
        return refused.sum();
    }

    /** Answers when it is time; in the order in which the log has them. The places are given back then. */
    @SuppressWarnings("FutureReturnValueIgnored") // only queues, which cannot fail
    public void answer(List<ParsedTrade> parsed, CompletableFuture<List<TradeResult>> durable, Publisher publisher) {
        durable.whenComplete((results, failure) -> settled.add(new Settled(parsed, publisher, results, failure)));
    }

    /** Answers what is settled, and ends the thread. Called after the log was closed. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Settled> together = new ArrayList<>();
        while (true) {
            boolean last = stopping;
            try {
                Settled first = settled.poll(last ? 0 : POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (last) {
                        return;
                    }
                    continue;
                }
                together.add(first);
                settled.drainTo(together, MAX_TOGETHER - 1);
                answer(together);
            } catch (InterruptedException e) {
                LOG.error("publishers get no more answers: the thread was interrupted");
                return;
            } catch (RuntimeException | Error e) { // Without this thread nobody would be answered any more.
                LOG.error("publishers were not answered", e);
            } finally {
                together.clear();
            }
        }
    }

    private void answer(List<Settled> together) {
        List<Fill> fills = new ArrayList<>();
        for (Settled each : together) {
            fills.addAll(each.fills);
        }
        @Nullable ProtocolException untold = tell(fills);
        for (Settled each : together) {
            giveBack(each.parsed.size());
            try {
                if (each.results == null) {
                    each.publisher.onFailure(problem(each.failure));
                } else if (untold != null && !each.fills.isEmpty()) {
                    each.publisher.onFailure(untold);
                } else {
                    each.publisher.onDurable(each.results);
                }
            } catch (RuntimeException e) {
                LOG.error("a publisher was not answered", e);
            }
        }
    }

    private @Nullable ProtocolException tell(List<Fill> fills) {
        try {
            publishing.tell(fills);
            return null;
        } catch (LogUnavailableException e) {
            return new ProtocolException(
                    ErrorCode.LOG_UNAVAILABLE,
                    null,
                    "the trades are kept, but their users could not be told: " + e.reason()
                            + "; offer the same trades again");
        } catch (RuntimeException e) {
            LOG.error("fills were not told: count={}", fills.size(), e);
            return new ProtocolException(
                    ErrorCode.INTERNAL, null, "the trades are kept, but their users could not be told");
        }
    }

    private static ProtocolException problem(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof LogUnavailableException unavailable) {
            return new ProtocolException(ErrorCode.LOG_UNAVAILABLE, null, "nothing was kept: " + unavailable.reason());
        }
        LOG.error("published trades failed", cause);
        return new ProtocolException(ErrorCode.INTERNAL, null, "the server failed; the fault is its own");
    }

    private static final class Settled {
        private final List<ParsedTrade> parsed;
        private final Publisher publisher;
        private final @Nullable List<TradeResult> results;
        private final @Nullable Throwable failure;
        private final List<Fill> fills;

        Settled(
                List<ParsedTrade> parsed,
                Publisher publisher,
                @Nullable List<TradeResult> results,
                @Nullable Throwable failure) {
            this.parsed = parsed;
            this.publisher = publisher;
            this.results = results;
            this.failure = failure;
            this.fills = results == null ? List.of() : Publishing.fillsOf(parsed, results);
        }
    }
}
