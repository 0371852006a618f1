package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.TradeLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes what the store should hold from the log, and compares digit for digit. Reads only. One instrument at a time, so
 * that memory is bounded by one instrument's candles; the log is read once per instrument.
 *
 * <p>Compared is everything up to the store's checkpoint. Trades whose log segments were dropped are taken from the store.
 */
public final class StoreVerifier {
    private static final int PAGE = 5_000;

    private final TradeLog log;
    private final MarketStore store;
    private final Consumer<String> differences;
    private final long checkpointPosition;
    /** Older trades must not be stored. */
    private final long keptMillis;

    private long differenceCount;
    private long droppedCount;
    private long tradeCount;
    private long klineCount;
    private long tickerCount;
    private long messageCount;

    /** @param differences told of each difference, in one line */
    public StoreVerifier(TradeLog log, MarketStore store, Consumer<String> differences) {
        this.log = log;
        this.store = store;
        this.differences = differences;
        this.checkpointPosition = store.checkpointPosition();
        this.keptMillis = store.keptTimeMillis();
    }

    /** Compares everything and returns the number of differences. */
    public long run() throws IOException {
        Map<Integer, Instrument> logged = definitions();
        Map<Integer, Instrument> stored = new HashMap<>();
        store.instruments().forEach(instrument -> stored.put(instrument.id(), instrument));
        logged.forEach((id, instrument) -> {
            if (!instrument.equals(stored.get(id))) {
                differ("instrument " + instrument.symbol() + ": log has " + instrument + ", store has "
                        + stored.get(id));
            }
        });
        Map<Integer, Ticker> tickers = store.tickers();
        for (Instrument instrument : stored.values()) {
            verify(instrument, tickers.get(instrument.id()));
        }
        verifyInboxes();
        return differenceCount;
    }

    public long tradeCount() {
        return tradeCount;
    }

    /** Trades of the log that are too old to be kept in the store, and are not there. */
    public long droppedCount() {
        return droppedCount;
    }

    public long klineCount() {
        return klineCount;
    }

    public long tickerCount() {
        return tickerCount;
    }

    public long messageCount() {
        return messageCount;
    }

    /** Bytes of the log that the store does not have yet; the next start copies them. */
    public long behindBytes() {
        return log.durablePosition() - Math.max(checkpointPosition, log.startPosition());
    }

    private Map<Integer, Instrument> definitions() throws IOException {
        Map<Integer, Instrument> definitions = new HashMap<>();
        readLog(entry -> {
            if (entry instanceof LogEntry.InstrumentDefined defined) {
                definitions.put(defined.instrument().id(), defined.instrument());
            }
        });
        return definitions;
    }

    private void verify(Instrument instrument, @Nullable Ticker storedTicker) throws IOException {
        KlineAggregator klines = new KlineAggregator();
        InstrumentState state = new InstrumentState(instrument, new StateLimits(1, 1, 0));
        TradeCheck check = new TradeCheck(instrument);
        // Trades that neither log nor store have any more: what they were part of cannot be computed.
        boolean beginsLater = log.startPosition() > 0 && store.keptSeq(instrument.id()) > 1;
        replay(instrument, trade -> {
            check.next(trade);
            klines.add(trade);
            if (storedTicker != null && !beginsLater && trade.seq() <= storedTicker.seq()) {
                state.apply(trade);
                if (trade.seq() % PAGE == 0 || state.isFull()) {
                    state.flush(MarketListener.NOBODY);
                }
            }
        });
        check.end();
        compareKlines(instrument, klines.drain(), beginsLater ? keptMillis : Long.MIN_VALUE);
        if (storedTicker != null && !beginsLater) {
            compareTicker(instrument, state, storedTicker);
        }
    }

    /** All trades of an instrument up to the checkpoint, in order. */
    private void replay(Instrument instrument, Consumer<Trade> visitor) throws IOException {
        long[] nextSeq = {1};
        if (log.startPosition() > 0) {
            long firstLogged = firstLoggedSeq(instrument.id());
            while (nextSeq[0] < firstLogged) {
                List<Trade> page = store.tradesBySeq(instrument.id(), nextSeq[0], firstLogged - 1, PAGE);
                if (page.isEmpty()) {
                    break;
                }
                page.forEach(visitor);
                nextSeq[0] = page.get(page.size() - 1).seq() + 1;
            }
        }
        readLog(entry -> {
            if (entry instanceof LogEntry.TradeAccepted accepted
                    && accepted.instrumentId() == instrument.id()
                    && accepted.trade().seq() >= nextSeq[0]) {
                visitor.accept(accepted.trade());
            }
        });
    }

    private long firstLoggedSeq(int instrumentId) throws IOException {
        try (LogReader reader = log.reader(log.startPosition())) {
            LogEntry entry;
            while ((entry = reader.next()) != null) {
                if (entry instanceof LogEntry.TradeAccepted accepted && accepted.instrumentId() == instrumentId) {
                    return accepted.trade().seq();
                }
            }
        }
        return Long.MAX_VALUE;
    }

    private void readLog(Consumer<LogEntry> visitor) throws IOException {
        try (LogReader reader = log.reader(log.startPosition())) {
            LogEntry entry;
            while ((entry = reader.next()) != null && reader.position() <= checkpointPosition) {
                visitor.accept(entry);
            }
        }
    }

    /** Heads first, which say what is kept; then the messages, a page at a time. */
    private void verifyInboxes() throws IOException {
        Map<String, InboxHead> expected = new TreeMap<>();
        Map<String, InboxHead> stored = new TreeMap<>();
        boolean wholeLog = log.startPosition() == 0;
        store.inbox().heads(stored::put);
        readLog(entry -> {
            if (entry instanceof LogEntry.OfInbox ofInbox) {
                // What was dropped of the log is taken from the store; entries that it has already change nothing.
                expected.compute(ofInbox.userId(), (userId, head) -> {
                    InboxHead before = wholeLog ? null : stored.get(userId);
                    return ofInbox.applyTo(head != null ? head : before != null ? before : InboxHead.EMPTY);
                });
            }
        });
        expected.forEach((userId, head) -> {
            if (!head.equals(stored.get(userId))) {
                differ("inbox " + userId + ": stored " + stored.get(userId) + ", should be " + head);
            }
        });
        List<LogEntry.MessageAdded> page = new ArrayList<>();
        readLog(entry -> {
            if (entry instanceof LogEntry.MessageAdded added
                    && expected.getOrDefault(added.userId(), InboxHead.EMPTY)
                            .isKept(added.message().seq())) {
                page.add(added);
                if (page.size() == PAGE) {
                    compareMessages(page, expected);
                }
            }
        });
        compareMessages(page, expected);
        long kept = expected.values().stream().mapToLong(InboxHead::count).sum();
        if (wholeLog && store.inbox().messageCount() != kept) {
            differ("messages: stored " + store.inbox().messageCount() + ", should be " + kept);
        }
    }

    private void compareMessages(List<LogEntry.MessageAdded> page, Map<String, InboxHead> heads) {
        Map<String, List<LogEntry.MessageAdded>> byUser = new TreeMap<>();
        page.forEach(each ->
                byUser.computeIfAbsent(each.userId(), key -> new ArrayList<>()).add(each));
        page.clear();
        byUser.forEach((userId, ofUser) -> {
            Map<Long, InboxStore.StoredMessage> stored = new HashMap<>();
            store.inbox()
                    .messages(
                            userId,
                            ofUser.get(0).message().seq(),
                            ofUser.get(ofUser.size() - 1).message().seq())
                    .forEach(each -> stored.put(each.message().seq(), each));
            for (LogEntry.MessageAdded each : ofUser) {
                messageCount++;
                long seq = each.message().seq();
                InboxStore.StoredMessage found = stored.get(seq);
                boolean read = heads.getOrDefault(userId, InboxHead.EMPTY).isRead(seq);
                if (found == null || !found.message().equals(each.message())) {
                    differ("message " + userId + " " + seq + ": stored " + (found == null ? "nothing" : found.message())
                            + ", should be " + each.message());
                } else if (found.readTimeMillis() != 0 != read) {
                    differ("message " + userId + " " + seq + ": stored as " + (read ? "unread" : "read"));
                }
            }
        });
    }

    /** @param fromMillis those that open before are not compared */
    private void compareKlines(Instrument instrument, List<Kline> expected, long fromMillis) {
        Map<KlineInterval, List<Kline>> byInterval = new HashMap<>();
        expected.stream()
                .filter(kline -> kline.openTimeMillis() >= fromMillis)
                .forEach(kline -> byInterval
                        .computeIfAbsent(kline.interval(), i -> new ArrayList<>())
                        .add(kline));
        for (KlineInterval interval : KlineInterval.values()) {
            compare(instrument, interval, byInterval.getOrDefault(interval, List.of()), fromMillis);
        }
    }

    private void compare(Instrument instrument, KlineInterval interval, List<Kline> expected, long fromMillis) {
        int at = 0;
        long from = fromMillis;
        List<Kline> page;
        do {
            page = store.klines(instrument.id(), interval, from, Long.MAX_VALUE, PAGE, false);
            for (Kline stored : page) {
                while (at < expected.size() && expected.get(at).openTimeMillis() < stored.openTimeMillis()) {
                    differ(where(instrument, expected.get(at)) + ": not stored, should be " + expected.get(at));
                    at++;
                }
                if (at == expected.size() || expected.get(at).openTimeMillis() > stored.openTimeMillis()) {
                    differ(where(instrument, stored) + ": stored, but no trade of the log is in it");
                } else {
                    Kline wanted = expected.get(at++);
                    if (!stored.equals(wanted)) {
                        differ(where(instrument, stored) + ": stored " + stored + ", should be " + wanted);
                    }
                }
                klineCount++;
            }
            from = page.isEmpty() ? from : page.get(page.size() - 1).openTimeMillis() + 1;
        } while (page.size() == PAGE);
        for (; at < expected.size(); at++) {
            differ(where(instrument, expected.get(at)) + ": not stored, should be " + expected.get(at));
        }
    }

    private void compareTicker(Instrument instrument, InstrumentState state, Ticker stored) {
        state.advance(stored.timeMillis());
        state.flush(MarketListener.NOBODY);
        Ticker expected = state.snapshot().ticker().orElse(null);
        // A ticker may be ahead of the checkpoint: what is not stored yet cannot be told apart, and is compared next
        // time.
        if (expected != null && expected.seq() == stored.seq()) {
            tickerCount++;
            if (!expected.equals(stored)) {
                differ("ticker " + instrument.symbol() + ": stored " + stored + ", should be " + expected);
            }
        }
    }

    private void differ(String difference) {
        differenceCount++;
        differences.accept(difference);
    }

    private static String where(Instrument instrument, Kline kline) {
        return "kline " + instrument.symbol() + " " + kline.interval().code() + " " + kline.openTimeMillis();
    }

    /** Compares trades with the stored ones, page by page. */
    private final class TradeCheck {
        private final Instrument instrument;
        private List<Trade> page = List.of();
        private int at;
        private long lastSeq;

        TradeCheck(Instrument instrument) {
            this.instrument = instrument;
        }

        void next(Trade trade) {
            lastSeq = trade.seq();
            if (trade.timeMillis() < keptMillis) {
                droppedCount++;
                if (at < page.size() && page.get(at).seq() == trade.seq()) {
                    at++;
                    differ("trade " + instrument.symbol() + " " + trade.seq() + ": stored, but too old to be kept");
                }
                return;
            }
            if (at == page.size()) {
                page = store.tradesBySeq(instrument.id(), trade.seq(), Long.MAX_VALUE, PAGE);
                at = 0;
            }
            if (at == page.size() || !page.get(at).equals(trade)) {
                differ("trade " + instrument.symbol() + " " + trade.seq() + ": stored "
                        + (at == page.size() ? "nothing" : page.get(at)) + ", should be " + trade);
            }
            at = Math.min(at + 1, page.size());
            tradeCount++;
        }

        void end() {
            long storedSeq = store.lastSeq(instrument.id());
            if (storedSeq > lastSeq) {
                differ("trade " + instrument.symbol() + " " + storedSeq + ": stored, but the log ends at " + lastSeq);
            }
        }
    }
}
