package io.agx.market.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * A list of one's own of what a server acknowledged and of what it may have kept, written by publishers while the server is ill-treated, and
 * then held against what it answers. Thread-safe; {@link #check} is called while nobody publishes.
 */
public final class AckLedger {
    /** Scales of price and quantity of the instruments. */
    private static final Map<String, int[]> SCALES =
            Map.of("BTC-USDT", new int[] {2, 8}, "ETH-USDT", new int[] {4, 6}, "PEPE-USDT", new int[] {8, 0});

    public static final List<String> SYMBOLS = SCALES.keySet().stream().sorted().toList();

    private static final List<String> INTERVALS = List.of("1s", "1m", "5m", "1h", "4h", "1d", "1w", "1M");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REPUBLISH_BATCH = 1_000;

    private final AtomicLong nextId = new AtomicLong();
    private final List<SentTrade> acked = new ArrayList<>();
    private final List<SentTrade> unacked = new ArrayList<>();
    private final Totals totals;

    /** Sums over all ledgers of a run. Thread-safe. */
    public static final class Totals {
        private final AtomicLong acked = new AtomicLong();
        private final AtomicLong unacked = new AtomicLong();
        private final AtomicLong unackedKept = new AtomicLong();
        private final AtomicLong klinesCompared = new AtomicLong();
        private final AtomicLong tickersCompared = new AtomicLong();

        @Override
        public String toString() {
            return "acked=" + acked + " unacked=" + unacked + " unackedButKept=" + unackedKept + " klinesCompared="
                    + klinesCompared + " tickersCompared=" + tickersCompared;
        }
    }

    public AckLedger(Totals totals) {
        this.totals = totals;
    }

    /** Defines the instruments. */
    public static void define(RestClient rest) throws IOException {
        for (String symbol : SYMBOLS) {
            rest.define(symbol, SCALES.get(symbol)[0], SCALES.get(symbol)[1]);
        }
    }

    /** A trade that nobody has sent yet; one in five is late, by up to a day. */
    public SentTrade newTrade(Random choices) {
        return newTrade(choices, System.currentTimeMillis());
    }

    /** The same by a clock of one's own. */
    public SentTrade newTrade(Random choices, long nowMillis) {
        String symbol = SYMBOLS.get(choices.nextInt(SYMBOLS.size()));
        int[] scales = SCALES.get(symbol);
        int kind = choices.nextInt(100);
        long age = kind < 80
                ? choices.nextInt(2_000)
                : kind < 95 ? choices.nextInt(10_000_000) : choices.nextInt(100_000_000);
        return new SentTrade(
                symbol,
                0,
                Long.toString(nextId.incrementAndGet()),
                BigDecimal.valueOf(1 + choices.nextInt(10_000_000), scales[0]),
                BigDecimal.valueOf(1 + choices.nextLong(1_000_000_000_000L), scales[1]),
                List.of("buy", "sell", "").get(choices.nextInt(3)),
                nowMillis - age);
    }

    /** These were acknowledged, each with its seq. */
    public synchronized void ack(List<SentTrade> trades) {
        acked.addAll(trades);
        totals.acked.addAndGet(trades.size());
    }

    /** These were sent, and no answer says that they are kept. */
    public synchronized void doubt(List<SentTrade> trades) {
        unacked.addAll(trades);
        totals.unacked.addAndGet(trades.size());
    }

    public synchronized List<SentTrade> acked() {
        return List.copyOf(acked);
    }

    public synchronized int ackedCount() {
        return acked.size();
    }

    /**
     * Looks for every acked trade at its seq; that nothing is there twice, nothing that was not sent, and seq has no hole; sends
     * again what was in doubt; and compares candles and tickers with a recomputation.
     */
    public synchronized void check(RestClient rest) throws IOException {
        // A database that was killed with the server, or had no disk, may need a moment.
        Awaitility.await("ready")
                .atMost(PATIENCE)
                .until(() -> rest.get("/health/ready").status() == 200);
        Map<String, List<SentTrade>> kept = new HashMap<>();
        for (String symbol : SYMBOLS) {
            kept.put(symbol, wholeHistory(rest, symbol));
        }
        for (SentTrade trade : acked) {
            List<SentTrade> history = kept.get(trade.symbol());
            assertThat(history).as("has acked %s", trade).hasSizeGreaterThanOrEqualTo((int) trade.seq());
            SentTrade found = history.get((int) trade.seq() - 1);
            assertThat(found.sameAs(trade))
                    .as("acked %s, kept %s", trade, found)
                    .isTrue();
        }
        republish(rest);
        for (String symbol : SYMBOLS) {
            compare(rest, symbol);
        }
    }

    /** All trades of an instrument; seq without a hole, no id twice, nothing that was not sent. */
    private List<SentTrade> wholeHistory(RestClient rest, String symbol) throws IOException {
        List<SentTrade> history = rest.trades(symbol, 1);
        Map<String, SentTrade> sent = new HashMap<>();
        acked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> sent.put(trade.id(), trade));
        unacked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> sent.put(trade.id(), trade));
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < history.size(); i++) {
            SentTrade trade = history.get(i);
            assertThat(trade.seq()).as("%s", trade).isEqualTo(i + 1L);
            assertThat(ids.add(trade.id())).as("%s is there once", trade).isTrue();
            SentTrade original = sent.get(trade.id());
            assertThat(original != null && original.sameAs(trade))
                    .as("kept %s, sent %s", trade, original)
                    .isTrue();
        }
        return history;
    }

    /** Sends again what was not acked: each is a duplicate, or is taken now. */
    private void republish(RestClient rest) throws IOException {
        for (int from = 0; from < unacked.size(); from += REPUBLISH_BATCH) {
            List<SentTrade> batch = unacked.subList(from, Math.min(unacked.size(), from + REPUBLISH_BATCH));
            RestClient.Answer answer = rest.publish(batch);
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
            assertThat(answer.body().get("rejected").intValue()).isZero();
            totals.unackedKept.addAndGet(answer.body().get("duplicates").intValue());
        }
        Map<String, SentTrade> missing = new HashMap<>();
        unacked.forEach(trade -> missing.put(trade.id(), trade));
        for (String symbol : SYMBOLS) {
            awaitSeq(rest, symbol);
            for (SentTrade trade : wholeHistory(rest, symbol)) {
                if (missing.remove(trade.id()) != null) {
                    acked.add(trade);
                }
            }
        }
        assertThat(missing.values()).as("sent again and not there").isEmpty();
        unacked.clear();
    }

    /** An ack means durable; readers see the trade a moment later. */
    private void awaitSeq(RestClient rest, String symbol) {
        Set<String> ids = new HashSet<>();
        acked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> ids.add(trade.id()));
        unacked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> ids.add(trade.id()));
        Awaitility.await(symbol + " at seq " + ids.size())
                .atMost(PATIENCE)
                .until(() -> ids.isEmpty() || seqOf(rest, symbol) >= ids.size());
    }

    /** 0 before the first trade is seen: until then there is no ticker, and readers are answered 404. */
    private static long seqOf(RestClient rest, String symbol) throws IOException {
        RestClient.Answer answer = rest.get("/api/v1/tickers/" + symbol);
        return answer.status() == 200 ? answer.body().get("seq").longValue() : 0;
    }

    private void compare(RestClient rest, String symbol) throws IOException {
        List<SentTrade> history = rest.trades(symbol, 1);
        if (history.isEmpty()) {
            return;
        }
        PlainMarket expected = new PlainMarket(history);
        for (String interval : INTERVALS) {
            // A late trade in a candle older than the cache's window is seen when the database has it.
            Awaitility.await(symbol).atMost(PATIENCE).untilAsserted(() -> {
                List<JsonNode> klines = rest.klines(symbol, interval, expected.firstOpenMillis(interval));
                assertThat(expected.difference(interval, klines)).isNull();
                totals.klinesCompared.addAndGet(klines.size());
            });
        }
        assertThat(expected.tickerDifference(rest.ok("/api/v1/tickers/" + symbol)))
                .as(symbol)
                .isNull();
        totals.tickersCompared.incrementAndGet();
    }
}
