package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.durability.RecordedLog;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.inbox.SendResult;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.store.StoreDatabase;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a power cut may leave on the disk: the log as far as it was forced and then anything, and any database file. */
final class PowerCutIT {
    private static final int INSTRUMENTS = 3;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("market.power.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomTrades source = new RandomTrades(seed, System.currentTimeMillis() - TimeUnit.DAYS.toMillis(3));
    private final List<Instrument> instruments = new ArrayList<>();
    private final Map<String, Long> acked = new HashMap<>();
    private int nextKey;

    private enum Damage {
        NONE,
        OLDER_COPY,
        TRUNCATED,
        GARBAGE_IN_THE_MIDDLE,
        GARBAGE_ONLY,
        ZERO_LENGTH,
        MISSING
    }

    @ParameterizedTest
    @EnumSource
    void startsWithEveryAckedTradeAndADatabaseThatEqualsTheLog(Damage damage) throws Exception {
        Path live = folder.resolve("live");
        Path left = folder.resolve("left");
        try (MarketServer market = server(live)) {
            market.start();
            for (int i = 1; i <= INSTRUMENTS; i++) {
                instruments.add(
                        market.instruments().define(new Symbol("S" + i + "-USDT"), "S" + i, "USDT", 2, 8, 1, 1));
            }
            publish(market, 40);
            DataFolders.copy(live.resolve("db"), folder.resolve("older"));
            publish(market, 40);
            DataFolders.copy(live, left);
            Map<String, Long> ackedBeforeTheCut = Map.copyOf(acked);
            publish(market, 5);
            acked.clear();
            acked.putAll(ackedBeforeTheCut);
        }
        tearLog(live, left);
        damageDatabase(damage, left.resolve("db"));

        try (RecordedLog warnings = RecordedLog.of(StoreDatabase.class)) {
            startPublishAndStop(left);
            if (damage == Damage.GARBAGE_IN_THE_MIDDLE || damage == Damage.TRUNCATED) {
                // What no query of the first start came by is found later, and put aside at the next start.
                startPublishAndStop(left);
            }
            boolean mustWarn = damage == Damage.GARBAGE_ONLY;
            assertThat(warnings.atLeast(Level.WARN)).as("seed %s", seed).hasSizeBetween(mustWarn ? 1 : 0, 1);
        }
        assertWhole(left);
    }

    private void startPublishAndStop(Path left) throws Exception {
        try (MarketServer market = server(left)) {
            market.start();
            assertThat(market.notReady()).isEmpty();
            assertThat(market.totalTrades()).as("seed %s", seed).isGreaterThanOrEqualTo(ackedTrades());
            publish(market, 5);
        }
    }

    /** Every acked trade with its seq, seq without holes, and a database that has it all and equals it. */
    private void assertWhole(Path data) throws IOException {
        Map<String, Long> logged = new HashMap<>();
        Map<Integer, Long> last = new HashMap<>();
        Map<String, InboxHead> heads = new HashMap<>(); // Refuse a hole.
        int trades = 0;
        try (MarketData opened = MarketData.open(data)) {
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

    private void publish(MarketServer market, int batches) throws Exception {
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

    private long ackedTrades() {
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
    private void tearLog(Path live, Path left) throws IOException {
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

    private void damageDatabase(Damage damage, Path db) throws IOException {
        Path file = db.resolve("market.mv.db");
        byte[] content = Files.readAllBytes(file);
        switch (damage) {
            case NONE -> {}
            case OLDER_COPY -> DataFolders.copy(folder.resolve("older"), db);
            case TRUNCATED -> Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
            case GARBAGE_IN_THE_MIDDLE -> {
                byte[] garbage = new byte[content.length / 3];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, content, content.length / 3, garbage.length);
                Files.write(file, content);
            }
            case GARBAGE_ONLY -> {
                random.nextBytes(content);
                Files.write(file, content);
            }
            case ZERO_LENGTH -> Files.write(file, new byte[0]);
            case MISSING -> Files.delete(file);
        }
    }

    private static Path newest(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> Objects.toString(file.getFileName()).endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private static MarketServer server(Path data) throws IOException {
        return new MarketServer(MarketConfig.defaults(data).withFeed(FeedConfig.NONE));
    }
}
