package io.agx.market.server.ingest;

import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.feed.TradeSink;
import io.agx.market.server.measure.WordCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes trades on: checks each, hands the valid ones to the log, and puts the answers together. Thread-safe; runs on the
 * caller's thread and keeps no queue of its own, the log's bound is the bound.
 */
public final class Ingest implements TradeSink {
    /** When a source that was pushed back should try again: about the time of ten forced groups. */
    private static final long RETRY_AFTER_MILLIS = 10;

    private final TradeValidator validator;
    private final TradeAppender appender;
    private final WordCounts rejections = new WordCounts(TradeValidator.CODES);
    private final LongAdder backPressured = new LongAdder();
    private final LongAdder backPressuredTrades = new LongAdder();

    public Ingest(TradeValidator validator, TradeAppender appender) {
        this.validator = validator;
        this.appender = appender;
    }

    @Override
    public Offer offer(List<NewTrade> trades) {
        TradeResult[] results = new TradeResult[trades.size()];
        List<NewTrade> valid = new ArrayList<>(trades.size());
        for (int i = 0; i < results.length; i++) {
            Optional<TradeResult.Rejected> rejection = validator.check(trades.get(i));
            if (rejection.isPresent()) {
                results[i] = rejection.get();
            } else {
                valid.add(trades.get(i));
            }
        }
        if (valid.isEmpty()) {
            count(results);
            return new Offer.Accepted(CompletableFuture.completedFuture(List.of(results)));
        }
        Optional<CompletableFuture<List<TradeResult>>> appended = appender.append(valid);
        if (appended.isEmpty()) {
            backPressured.increment();
            backPressuredTrades.add(results.length);
            return new Offer.BackPressured(RETRY_AFTER_MILLIS);
        }
        if (valid.size() == results.length) {
            return new Offer.Accepted(appended.get());
        }
        count(results);
        return new Offer.Accepted(appended.get().thenApply(accepted -> merge(results, accepted)));
    }

    /** The first rule that each trade breaks, or nothing, without taking anything on: for all-or-nothing batches. */
    public List<Optional<TradeResult.Rejected>> check(List<NewTrade> trades) {
        return trades.stream().map(validator::check).toList();
    }

    /** Trades refused by a rule since the start. */
    public long rejectedCount() {
        return rejections.sum();
    }

    /** The same by the code of the rule. */
    public WordCounts rejections() {
        return rejections;
    }

    /** Offers pushed back since the start. */
    public long backPressuredCount() {
        return backPressured.sum();
    }

    /** Trades of these offers. */
    public long backPressuredTradeCount() {
        return backPressuredTrades.sum();
    }

    /** Before they are merged: what is there is a rejection. */
    private void count(TradeResult[] results) {
        for (TradeResult result : results) {
            if (result instanceof TradeResult.Rejected rejected) {
                rejections.add(rejected.code());
            }
        }
    }

    private static List<TradeResult> merge(TradeResult[] results, List<TradeResult> accepted) {
        int next = 0;
        for (int i = 0; i < results.length; i++) {
            if (results[i] == null) {
                results[i] = accepted.get(next++);
            }
        }
        return List.of(results);
    }
}
