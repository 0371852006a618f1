package io.agx.market.server.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;

/** Records what is offered; refuses, holds back acks or fails as told. Thread-safe. */
final class RecordingSink implements TradeSink {
    static final long RETRY_MILLIS = 5;

    private final List<List<NewTrade>> offers = new ArrayList<>();
    private final List<NewTrade> taken = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final ArrayDeque<Runnable> heldAcks = new ArrayDeque<>();
    private IntPredicate refused = offer -> false;
    private IntPredicate lost = offer -> false;
    private boolean holding;
    private int mostHeld;

    /** Refuses the offers with these numbers, 0 being the first. */
    synchronized RecordingSink refusing(IntPredicate offers) {
        refused = offers;
        return this;
    }

    /** Fails the log for the offers with these numbers. */
    synchronized RecordingSink losing(IntPredicate offers) {
        lost = offers;
        return this;
    }

    /** Acks come only from {@link #ackOne}. */
    synchronized RecordingSink holdingAcks() {
        holding = true;
        return this;
    }

    @Override
    public synchronized Offer offer(List<NewTrade> trades) {
        int number = offers.size();
        offers.add(List.copyOf(trades));
        if (refused.test(number)) {
            return new Offer.BackPressured(RETRY_MILLIS);
        }
        CompletableFuture<List<TradeResult>> durable = new CompletableFuture<>();
        if (lost.test(number)) {
            durable.completeExceptionally(
                    new LogUnavailableException(LogUnavailableException.Reason.DISK_FULL, "no space left"));
            return new Offer.Accepted(durable);
        }
        List<TradeResult> results = new ArrayList<>();
        for (NewTrade trade : trades) {
            taken.add(trade);
            if (trade.price() <= 0) {
                results.add(new TradeResult.Rejected("price_not_positive", "price must be above 0"));
            } else if (ids.add(trade.instrument().symbol() + "/" + trade.id())) {
                results.add(new TradeResult.Accepted(ids.size()));
            } else {
                results.add(new TradeResult.Duplicate());
            }
        }
        if (holding) {
            heldAcks.add(() -> durable.complete(results));
            mostHeld = Math.max(mostHeld, heldAcks.size());
        } else {
            durable.complete(results);
        }
        return new Offer.Accepted(durable);
    }

    /** Completes the oldest held ack; false if there is none. */
    boolean ackOne() {
        Runnable ack;
        synchronized (this) {
            ack = heldAcks.poll();
        }
        if (ack == null) {
            return false;
        }
        ack.run();
        return true;
    }

    /** Every offer, refused ones too. */
    synchronized List<List<NewTrade>> offers() {
        return List.copyOf(offers);
    }

    /** The trades of accepted offers, in order. */
    synchronized List<NewTrade> taken() {
        return List.copyOf(taken);
    }

    synchronized int held() {
        return heldAcks.size();
    }

    synchronized int mostHeld() {
        return mostHeld;
    }
}
