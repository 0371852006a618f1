package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.inbox.SendResult;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.store.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of a power cut have in common: trades and messages that are acked before it, a log as far as it was forced with
 * anything behind it, and what must be there afterwards. How often: {@code -Dmarket.powercut.rounds=N}.
 */
abstract class PowerCutSuite {
    static final int INSTRUMENTS = 3;

    @TempDir
    Path folder;

    final long seed = Long.getLong("market.power.seed", System.nanoTime());
    final Random random = new Random(seed);
    RandomTrades source = new RandomTrades(seed, System.currentTimeMillis() - TimeUnit.DAYS.toMillis(3));
    final List<Instrument> instruments = new ArrayList<>();
    final Map<String, Long> acked = new HashMap<>();
    private int nextKey;

    void define(MarketServer market) throws Exception {
        for (int i = 1; i <= INSTRUMENTS; i++) {
            instruments.add(market.instruments().define(new Symbol("S" + i + "-USDT"), "S" + i, "USDT", 2, 8, 1, 1));
        }
    }

    void startPublishAndStop(Path left) throws Exception {
        try (MarketServer market = server(left)) {
            market.start();
            assertThat(market.notReady()).isEmpty();
            assertThat(market.totalTrades()).as("seed %s", seed).isGreaterThanOrEqualTo(ackedTrades());
            publish(market, 5);
        }
    }

    /** Every acked trade with its seq, seq without holes, and a database that has it all and equals it. */
    void assertWhole(Path data) throws IOException {
        Map<String, Long> logged = new HashMap<>();
        Map<Integer, Long> last = new HashMap<>();
        Map<String, InboxHead> heads = new HashMap<>(); // Refuse a hole.
        int trades = 0;
        try (MarketData opened = open(data)) {
            try (LogReader reader = opened.log().reader(opened.log().startPosition())) {
                for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    if (entry instanceof LogEntry.TradeAccepted accepted) {
                        Trade trade = accepted.trade();
                        assertThat(trade.seq())
                                .as("seed %s", seed)
                                .isEqualTo(last.merge(accepted.instrumentId(), 1L, Long::sum));
                        assertThat(logged.put(accepted.instrumentId() + "/" + trade.id(), trade.seq()))
                                .isNull();
                        trades++;
                    } else if (entry instanceof LogEntry.MessageAdded added) {
                        heads.compute(
                                added.userId(), (userId, head) -> added.applyTo(head == null ? InboxHead.EMPTY : head));
                        assertThat(logged.put(
                                        added.userId() + "/" + added.message().key(),
                                        added.message().seq()))
                                .isNull();
                    }
                }
            }
            assertThat(logged).as("seed %s", seed).containsAllEntriesOf(acked);
            List<String> differences = new ArrayList<>();
            StoreVerifier verifier = new StoreVerifier(opened.log(), opened.store(), differences::add);
            verifier.run();
            assertThat(differences).as("seed %s", seed).isEmpty();
            assertThat(verifier.behindBytes()).as("seed %s", seed).isZero();
            assertThat(verifier.tradeCount()).isEqualTo(trades);
            assertThat(verifier.messageCount()).isEqualTo(logged.size() - trades);
        }
    }

    void publish(MarketServer market, int batches) throws Exception {
        for (int i = 0; i < batches; i++) {
            Instrument instrument = instruments.get(random.nextInt(INSTRUMENTS));
            List<NewTrade> trades = source.next(instrument, 1 + random.nextInt(120));
            Offer.Accepted offer = (Offer.Accepted) market.ingest().offer(trades);
            List<TradeResult> results = offer.durable().get(10, TimeUnit.SECONDS);
            for (int at = 0; at < results.size(); at++) {
                long seq = ((TradeResult.Accepted) results.get(at)).seq();
                acked.put(instrument.id() + "/" + trades.get(at).id(), seq);
            }
            tellSomeone(market);
        }
    }

    long ackedTrades() {
        return acked.keySet().stream().filter(key -> !key.startsWith("user-")).count();
    }

    private void tellSomeone(MarketServer market) throws Exception {
        String userId = "user-" + random.nextInt(3);
        List<UserMessage> drafts = new ArrayList<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            drafts.add(new UserMessage(userId, 0, "notice", "m", "x".repeat(i), null, "s", null, 0, "k" + ++nextKey));
        }
        List<SendResult> results = market.inbox().send(drafts).get(10, TimeUnit.SECONDS);
        for (int at = 0; at < results.size(); at++) {
            acked.put(userId + "/" + drafts.get(at).key(), ((SendResult.Kept) results.get(at)).seq());
        }
        market.inbox()
                .read(userId, List.of((long) random.nextInt(nextKey)), random.nextInt(nextKey), null, null)
                .get(10, TimeUnit.SECONDS);
    }

    /** Behind what was forced: nothing, a part of the next groups, or anything. */
    void tearLog(Path live, Path left) throws IOException {
        Path segment = newest(left.resolve("log"));
        byte[] more = Files.readAllBytes(newest(live.resolve("log")));
        int from = (int) Files.size(segment);
        byte[] tail = new byte[0];
        switch (random.nextInt(3)) {
            case 0 -> tail = Arrays.copyOfRange(more, from, from + random.nextInt(more.length - from));
            case 1 -> {
                tail = new byte[1 + random.nextInt(5_000)];
                random.nextBytes(tail);
            }
            default -> tail = new byte[random.nextInt(5_000)];
        }
        Files.write(segment, tail, StandardOpenOption.APPEND);
    }

    private static Path newest(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> Objects.toString(file.getFileName()).endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    /** The folder's data, as the server's tools open it. */
    abstract MarketData open(Path data) throws IOException;

    /** A server on a folder, with the database that the suite is about. */
    MarketServer server(Path data) throws IOException {
        return new MarketServer(config(data));
    }

    /** The same server's configuration. */
    abstract MarketConfig config(Path data);
}
