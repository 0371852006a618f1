package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Instruments and trades for tests. */
final class TestTrades {
    static final Instrument BTC = instrument(1, "BTC-USDT");
    static final Instrument ETH = instrument(2, "ETH-USDT");

    /** 2026-01-02T03:04:05.678Z. */
    static final long TIME = 1_767_323_045_678L;

    /** Of a log that is too short to have forgotten anything. */
    static final OlderTrades NOBODY_TO_ASK = (instrumentId, tradeId, toPosition) -> {
        throw new IOException("there is nobody to ask for trade " + tradeId);
    };

    private TestTrades() {}

    static Journal journal(SegmentedTradeLog log, JournalListener... listeners) throws IOException {
        return Journal.open(log, List.of(listeners), JournalConfig.DEFAULT, NOBODY_TO_ASK);
    }

    static Instrument instrument(int id, String symbol) {
        return new Instrument(
                id, new Symbol(symbol), symbol.substring(0, 3), "USDT", 2, 8, 1, 1, InstrumentStatus.TRADING);
    }

    static NewTrade trade(Instrument instrument, String id) {
        return new NewTrade(instrument, id, 80_001, 10_000_000, Side.BUY, TIME, false);
    }

    static NewTrade trade(Instrument instrument, long id) {
        return trade(instrument, Long.toString(id));
    }

    static List<NewTrade> trades(Instrument instrument, long fromId, int count) {
        List<NewTrade> trades = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            trades.add(trade(instrument, fromId + i));
        }
        return trades;
    }

    static TradeAccepted accepted(int instrumentId, long seq) {
        return new TradeAccepted(
                instrumentId, new Trade(seq, Long.toString(seq), 80_001, 10_000_000, Side.BUY, TIME, false));
    }

    static TradeAccepted random(Random random, long seq) {
        String id = random.nextInt(3) > 0
                ? Long.toString(random.nextLong() >>> random.nextInt(64))
                : "x-" + Integer.toHexString(random.nextInt());
        return new TradeAccepted(
                1 + random.nextInt(1_000),
                new Trade(
                        seq,
                        id,
                        1 + (random.nextLong() >>> (1 + random.nextInt(62))),
                        1 + (random.nextLong() >>> (1 + random.nextInt(62))),
                        Side.ofCode(random.nextInt(3)),
                        random.nextLong() >>> 20,
                        random.nextBoolean()));
    }

    /** Everything that is durable. */
    static List<LogEntry> entries(TradeLog log) throws IOException {
        List<LogEntry> entries = new ArrayList<>();
        try (LogReader reader = log.reader(log.startPosition())) {
            for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The seqs, and -1 for each duplicate. */
    static List<Long> seqs(CompletableFuture<List<TradeResult>> results) {
        return results.join().stream()
                .map(result -> result instanceof TradeResult.Accepted accepted ? accepted.seq() : -1L)
                .toList();
    }
}
