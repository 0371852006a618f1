package io.agx.market.server.feed;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Offers batches to a sink in order, with a bounded number of them not yet acked: enough in flight that a durable ack per
 * batch does not set the pace, few enough that memory is bounded. A batch that meets back-pressure is offered again, the
 * same, before any later one.
 *
 * <p>Owned by one thread, which alone changes anything here; completions on the journal's thread only wake it up. Results
 * are told in the order of the batches. {@link #counts()} may be read from any thread.
 */
final class OfferWindow {
    /** Batches in flight: with 8 × 500 trades and 0.75 ms (p99) for a group's force, waiting for acks is no limit. */
    static final int DEFAULT_BATCHES = 8;

    /** Trades in a batch at most. */
    static final int BATCH_SIZE = 500;

    /** Longest wait without looking whether to stop; acks and a stop wake earlier. */
    private static final long MAX_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Told of each batch on the owner's thread, in order. */
    interface Listener {
        void onAcked(List<NewTrade> batch, List<TradeResult> results);

        /** The log did not take the batch. Batches behind it may still be acked. */
        void onLost(List<NewTrade> batch, LogUnavailableException cause);
    }

    private record InFlight(List<NewTrade> batch, CompletableFuture<List<TradeResult>> durable) {}

    private final TradeSink sink;
    private final int maxBatches;
    private final Listener listener;
    private final BooleanSupplier stopped;
    private final Pacing pacing;
    private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();
    private @Nullable List<NewTrade> offering;
    private volatile FeedCounts counts = FeedCounts.NONE; // written by the owner, read by any

    OfferWindow(TradeSink sink, int maxBatches, Listener listener, BooleanSupplier stopped, Pacing pacing) {
        this.sink = sink;
        this.maxBatches = maxBatches;
        this.listener = listener;
        this.stopped = stopped;
        this.pacing = pacing;
    }

    /**
     * Offers a batch, waiting for room and through back-pressure.
     *
     * @param batch at least one trade; nobody changes it afterwards
     * @return false if stopped before it was taken on
     */
    boolean offer(List<NewTrade> batch) {
        offering = batch;
        reap();
        while (inFlight.size() >= maxBatches && !stopped.getAsBoolean()) {
            pacing.park(MAX_PARK_NANOS);
            reap();
        }
        while (!stopped.getAsBoolean()) {
            Offer offer = sink.offer(batch);
            if (offer instanceof Offer.Accepted accepted) {
                track(batch, accepted.durable());
                offering = null;
                reap();
                return true;
            }
            if (offer instanceof Offer.BackPressured refused) {
                count(0, 0, 0, 0, 1);
                pause(refused.retryAfterMillis());
            }
        }
        return false;
    }

    /** Waits until everything is acked; false if stopped before. */
    boolean awaitAll() {
        reap();
        while (!inFlight.isEmpty() && !stopped.getAsBoolean()) {
            pacing.park(MAX_PARK_NANOS);
            reap();
        }
        return inFlight.isEmpty();
    }

    /** Tells the listener of batches that are settled; stops at the first that is not. */
    void reap() {
        for (InFlight head = inFlight.peek(); head != null && head.durable.isDone(); head = inFlight.peek()) {
            inFlight.remove();
            settle(head);
        }
    }

    /** The oldest batch that is not settled, the one being offered included; null if there is none. */
    @Nullable
    List<NewTrade> oldestUnsettled() {
        InFlight head = inFlight.peek();
        return head == null ? offering : head.batch;
    }

    FeedCounts counts() {
        return counts;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the wake-up cannot fail; the outcome is taken from durable itself
    private void track(List<NewTrade> batch, CompletableFuture<List<TradeResult>> durable) {
        inFlight.add(new InFlight(batch, durable));
        if (!durable.isDone()) {
            Thread owner = Thread.currentThread();
            durable.whenComplete((results, failure) -> LockSupport.unpark(owner));
        }
    }

    /** Acks arriving meanwhile end a park early, so it is repeated up to the deadline. */
    private void pause(long millis) {
        long deadline = pacing.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(millis, 1));
        long left = deadline - pacing.nanoTime();
        while (left > 0 && !stopped.getAsBoolean()) {
            pacing.park(Math.min(left, MAX_PARK_NANOS));
            reap();
            left = deadline - pacing.nanoTime();
        }
    }

    private void settle(InFlight settled) {
        List<TradeResult> results;
        try {
            results = settled.durable.join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof LogUnavailableException unavailable)) {
                throw e;
            }
            lose(settled.batch, unavailable);
            return;
        } catch (CancellationException e) {
            lose(
                    settled.batch,
                    new LogUnavailableException(LogUnavailableException.Reason.STOPPED, "the log cancelled", e));
            return;
        }
        long accepted = 0;
        long duplicates = 0;
        long rejected = 0;
        for (TradeResult result : results) {
            if (result instanceof TradeResult.Accepted) {
                accepted++;
            } else if (result instanceof TradeResult.Duplicate) {
                duplicates++;
            } else {
                rejected++;
            }
        }
        count(accepted, duplicates, rejected, 0, 0);
        listener.onAcked(settled.batch, results);
    }

    private void lose(List<NewTrade> batch, LogUnavailableException cause) {
        count(0, 0, 0, batch.size(), 0);
        listener.onLost(batch, cause);
    }

    private void count(long accepted, long duplicates, long rejected, long lost, long backPressured) {
        FeedCounts before = counts;
        counts = new FeedCounts(
                before.accepted() + accepted,
                before.duplicates() + duplicates,
                before.rejected() + rejected,
                before.lost() + lost,
                before.backPressured() + backPressured);
    }
}
