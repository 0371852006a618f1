package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.JournalConfig;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.InboxStore.StoredMessage;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code market export} and {@code market import} of what it wrote, on both databases; compared with what the test itself put in. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class TransferIT {
    private static final long SEGMENT_BYTES = 8_192;
    private static final int TRADES = 2_500;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final RandomTrades source = new RandomTrades(seed);
    private final Random random = new Random(seed);
    private final Map<Integer, List<Trade>> trades = new TreeMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter said = new StringWriter();

    /** A log whose beginning is gone, and the embedded database that alone has it. */
    private Path halfLoggedFolder() throws IOException {
        Path data = folder.resolve("data");
        build(data);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(data.resolve("log"), SEGMENT_BYTES)) {
            Journal journal = Journal.open(log, List.of(), JournalConfig.DEFAULT, (id, tradeId, toPosition) -> false);
            journal.start();
            journal.dropBefore(log.durablePosition(), SEGMENT_BYTES * 3)
                    .orElseThrow()
                    .join();
            journal.close();
            assertThat(log.startPosition()).isPositive();
        }
        return data;
    }

    private void build(Path data) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(data.resolve("log"), SEGMENT_BYTES)) {
            for (int id = 1; id <= 3; id++) {
                log.append(new LogEntry.InstrumentDefined(RandomTrades.instrument(id)));
                trades.put(id, new ArrayList<>());
            }
            log.append(new LogEntry.InstrumentDefined(RandomTrades.instrument(4))); // Without trades.
            for (int done = 0; done < TRADES; ) {
                int id = 1 + random.nextInt(3);
                List<Trade> ofInstrument = trades.get(id);
                for (Trade each :
                        source.next(RandomTrades.instrument(id), ofInstrument.size() + 1L, 1 + random.nextInt(40))) {
                    Trade trade = each.seq() % 5 == 0 ? withId(each, "tab\t|\\" + each.seq() + "\n\u00e9") : each;
                    ofInstrument.add(trade);
                    log.append(new LogEntry.TradeAccepted(id, trade));
                    done++;
                }
                log.force();
            }
            for (LogEntry.OfInbox entry : inboxEntries()) {
                log.append(entry);
            }
            log.force();
        }
        try (MarketData opened = MarketData.open(data)) {
            new StoreWriter(opened.store(), opened.log(), Map::of, position -> {}).drain();
            opened.store()
                    .saveTickers(MarketActions.tickers(
                            opened.recover(StateLimits.DEFAULT, 0).states()));
        }
    }

    private static Trade withId(Trade trade, String id) {
        return new Trade(
                trade.seq(),
                id,
                trade.price(),
                trade.quantity(),
                trade.takerSide(),
                trade.timeMillis(),
                trade.backfill());
    }

    private static List<LogEntry.OfInbox> inboxEntries() {
        List<LogEntry.OfInbox> entries = new ArrayList<>();
        for (String user : List.of("alice", "b|o\\b\t", "\u5f20\u4e09")) {
            for (long seq = 1; seq <= 40; seq++) {
                entries.add(new LogEntry.MessageAdded(message(user, seq)));
            }
            entries.add(new LogEntry.MessagesRead(user, 1_795_291_300_000L, 7, List.of(9L, 11L, 40L)));
            entries.add(new LogEntry.MessagesTrimmed(user, 5));
        }
        return entries;
    }

    private static UserMessage message(String user, long seq) {
        return new UserMessage(
                user,
                seq,
                "notice",
                "title " + seq,
                seq % 4 == 0 ? "" : "line one\nline two\ttab \\ \ud83d\ude80 " + seq,
                seq % 3 == 0 ? "{\"n\":" + seq + ",\"t\":\"\\u0007\"}" : null,
                "system",
                seq % 2 == 0 ? "https://example.org/" + seq : null,
                1_795_291_200_000L + seq,
                seq % 5 == 0 ? "key-" + seq : null);
    }

    @Test
    void aStoreMovesToPostgresAndTheServerGoesOnFromItsPosition() throws IOException {
        Path data = halfLoggedFolder();
        StoreConfig postgres = Postgres.shared().newDatabase();
        Path file = folder.resolve("all.market");

        assertThat(market("export", file.toString(), "--data", data.toString()))
                .as(said.toString())
                .isZero();
        long exportedTo = checkpoint(data, StoreConfig.EMBEDDED);
        List<Trade> later =
                source.next(RandomTrades.instrument(1), trades.get(1).size() + 1L, 30);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(data.resolve("log"), SEGMENT_BYTES)) {
            later.forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }
        trades.get(1).addAll(later);
        use(postgres);
        assertThat(market("import", file.toString(), "--data", data.toString()))
                .as(said.toString())
                .isZero();

        assertThat(said.toString())
                .contains("equal: counts, sums and checksums")
                .doesNotContain("DIFFERENT");
        try (MarketData moved = MarketData.open(data, postgres)) {
            assertThat(moved.store().checkpointPosition()).isEqualTo(exportedTo);
            new StoreWriter(moved.store(), moved.log(), Map::of, position -> {}).drain();
            assertHolds(moved.store());
            List<String> differences = new ArrayList<>();
            assertThat(new StoreVerifier(moved.log(), moved.store(), differences::add).run())
                    .as(differences.toString())
                    .isZero();
        }
    }

    @Test
    void aWholeLogIsComparedToo() throws IOException {
        Path data = folder.resolve("data");
        build(data);
        Path file = folder.resolve("all.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isZero();
        StoreConfig postgres = Postgres.shared().newDatabase();
        use(postgres);

        assertThat(market("import", file.toString(), "--data", data.toString()))
                .as(said.toString())
                .isZero();

        int count = trades.values().stream().mapToInt(List::size).sum();
        assertThat(said.toString())
                .contains(String.format(Locale.ROOT, "equal: %,d trades, ", count), "recomputed from the whole log");
    }

    /** From one database to the other and back, each time into an empty folder: a new history with the same past. */
    @Test
    void withoutALogANewOneBeginsThatKnowsTheOldTrades() throws Exception {
        Path data = halfLoggedFolder();
        Path first = folder.resolve("first.market");
        assertThat(market("export", first.toString(), "--data", data.toString()))
                .isZero();
        StoreConfig postgres = Postgres.shared().newDatabase();
        Path other = folder.resolve("other");
        use(postgres);
        assertThat(market("import", first.toString(), "--data", other.toString()))
                .as(said.toString())
                .isZero();
        Path second = folder.resolve("second.market");
        assertThat(market("export", second.toString(), "--data", other.toString()))
                .as(said.toString())
                .isZero();
        use(StoreConfig.EMBEDDED);
        Path last = folder.resolve("last");
        assertThat(market("import", second.toString(), "--data", last.toString()))
                .as(said.toString())
                .isZero();

        UUID firstEpoch = epoch(data, StoreConfig.EMBEDDED);
        for (Map.Entry<Path, StoreConfig> each :
                Map.of(other, postgres, last, StoreConfig.EMBEDDED).entrySet()) {
            assertThat(epoch(each.getKey(), each.getValue())).isNotEqualTo(firstEpoch);
            try (MarketData opened = MarketData.open(each.getKey(), each.getValue())) {
                assertHolds(opened.store());
                assertOldTradesAreKnown(opened);
                new StoreWriter(opened.store(), opened.log(), Map::of, position -> {}).drain();
                List<String> differences = new ArrayList<>();
                assertThat(new StoreVerifier(opened.log(), opened.store(), differences::add).run())
                        .as(differences.toString())
                        .isZero();
            }
        }
    }

    private void assertOldTradesAreKnown(MarketData opened) throws Exception {
        Journal journal = Journal.open(
                opened.log(),
                List.of(),
                JournalConfig.DEFAULT,
                new StoredTrades(opened.store(), opened.store()::checkpointPosition));
        journal.start();
        try {
            Instrument instrument = journal.instruments().get(1);
            Trade old = trades.get(1).get(random.nextInt(trades.get(1).size()));
            List<TradeResult> results = journal.append(
                            List.of(offered(instrument, old.id(), old), offered(instrument, "new", old)))
                    .orElseThrow()
                    .get(10, TimeUnit.SECONDS);
            assertThat(results.get(0)).isInstanceOf(TradeResult.Duplicate.class);
            assertThat(results.get(1))
                    .isEqualTo(new TradeResult.Accepted(trades.get(1).size() + 1L));
        } finally {
            journal.close();
        }
    }

    private static NewTrade offered(Instrument instrument, String id, Trade like) {
        return new NewTrade(instrument, id, like.price(), like.quantity(), Side.BUY, like.timeMillis(), true);
    }

    @Test
    void aFileThatWasCutOrChangedIsRefusedAndChangesNothing() throws IOException {
        Path data = folder.resolve("data");
        build(data);
        Path file = folder.resolve("all.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isZero();
        byte[] whole = Files.readAllBytes(file);
        Path target = folder.resolve("target");
        for (int i = 0; i < 20; i++) {
            byte[] bad;
            if (i % 2 == 0) {
                bad = Arrays.copyOf(whole, i == 0 ? whole.length - 1 : 20 + random.nextInt(whole.length - 20));
            } else {
                bad = whole.clone();
                bad[40 + random.nextInt(bad.length - 40)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(folder.resolve("bad.market"), bad);

            int code = market("import", folder.resolve("bad.market").toString(), "--data", target.toString());

            assertThat(code).as("seed %d, i %d: %s", seed, i, said).isIn(ExitCode.UNUSABLE, ExitCode.USAGE);
            assertThat(target).doesNotExist();
        }
    }

    @Test
    void anImportThatWasCutKeepsServersAwayAndIsBegunAgain() throws Exception {
        Path data = folder.resolve("data");
        build(data);
        Path file = folder.resolve("all.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isZero();
        byte[] whole = Files.readAllBytes(file);
        for (StoreConfig config :
                List.of(StoreConfig.EMBEDDED, Postgres.shared().newDatabase())) {
            Path target = folder.resolve("target" + config.url().length());
            use(config);
            Path piped = folder.resolve("cut.market");
            Files.write(piped, Arrays.copyOf(whole, whole.length * 9 / 10));

            assertThat(importFromStandardInput(piped, target, config)).isEqualTo(ExitCode.UNUSABLE);
            assertThatThrownBy(() -> MarketData.open(target, config))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was begun and did not end");
            assertThat(market(
                            "export",
                            folder.resolve("x.market").toString(),
                            "--data",
                            target.toString(),
                            "--database-only"))
                    .isEqualTo(ExitCode.UNUSABLE);
            assertThat(market("import", file.toString(), "--data", target.toString()))
                    .as(said.toString())
                    .isZero();

            try (MarketData opened = MarketData.open(target, config)) {
                assertHolds(opened.store());
            }
        }
    }

    /** The real command, whose standard input is the file. */
    private int importFromStandardInput(Path file, Path target, StoreConfig config) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.agx.market.server.Main",
                        "import",
                        "-",
                        "--data",
                        target.toString())
                .redirectInput(file.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(variables(config));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).contains("the export is cut");
        return process.waitFor();
    }

    @Test
    void onlyAnEmptyDatabaseIsImportedInto() throws IOException {
        Path data = folder.resolve("data");
        build(data);
        Path file = folder.resolve("all.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isZero();

        assertThat(market("import", file.toString(), "--data", data.toString())).isEqualTo(ExitCode.UNUSABLE);

        assertThat(said.toString()).contains("is not empty");
        try (MarketData opened = MarketData.open(data)) {
            assertHolds(opened.store());
        }
    }

    @Test
    void aLogThatIsAnotherOrEndsTooEarlyOrBeginsTooLateIsRefused() throws IOException {
        Path data = halfLoggedFolder();
        Path file = folder.resolve("all.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isZero();
        use(Postgres.shared().newDatabase());
        Path other = folder.resolve("other");
        try (SegmentedTradeLog log = SegmentedTradeLog.open(other.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(RandomTrades.instrument(1)));
            log.force();
        }
        assertThat(market("import", file.toString(), "--data", other.toString()))
                .isEqualTo(ExitCode.UNUSABLE);
        assertThat(said.toString()).contains("is not the one that the export is of");

        Path shortened = folder.resolve("short");
        Files.createDirectories(shortened.resolve("log"));
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            List<Path> segments = files.filter(each -> each.toString().endsWith(".log"))
                    .sorted()
                    .toList();
            for (Path segment : segments.subList(0, segments.size() - 1)) {
                Files.copy(segment, shortened.resolve("log").resolve(segment.getFileName()));
            }
        }
        assertThat(market("import", file.toString(), "--data", shortened.toString()))
                .isEqualTo(ExitCode.UNUSABLE);
        assertThat(said.toString()).contains("log files are missing");
    }

    @Test
    void anExportOfTheDatabaseAloneIsAsMuchAsItHas() throws IOException {
        Path data = folder.resolve("data");
        build(data);
        DataFolders.delete(data.resolve("log"));
        Path file = folder.resolve("left.market");
        assertThat(market("export", file.toString(), "--data", data.toString())).isEqualTo(ExitCode.UNUSABLE);
        assertThat(said.toString()).contains("--database-only");
        assertThat(data.resolve("log")).doesNotExist();

        assertThat(market("export", file.toString(), "--data", data.toString(), "--database-only"))
                .isZero();
        assertThat(market("export", file.toString(), "--data", data.toString(), "--database-only"))
                .isEqualTo(ExitCode.UNUSABLE);
        Path target = folder.resolve("target");
        assertThat(market("import", file.toString(), "--data", target.toString()))
                .as(said.toString())
                .isZero();

        try (MarketData opened = MarketData.open(target)) {
            assertHolds(opened.store());
        }
    }

    /** Trades of five weeks, of which the last two are kept; the candles of all. */
    @Test
    void whatWasDroppedForItsAgeIsKnownToBeGoneAndItsCandlesMove() throws IOException {
        Instrument instrument = RandomTrades.instrument(1);
        List<Trade> all = new ArrayList<>();
        for (long seq = 1; seq <= 35; seq++) {
            all.add(new Trade(seq, "" + seq, 100 + seq, seq, Side.BUY, RandomTrades.START + seq * 86_400_000L, false));
        }
        StoreConfig from = Postgres.shared().newDatabase();
        Path data = folder.resolve("data");
        try (MarketData opened = MarketData.open(data, from.withRetainDays(10))) {
            opened.log().append(new LogEntry.InstrumentDefined(instrument));
            all.forEach(trade -> opened.log().append(new LogEntry.TradeAccepted(1, trade)));
            opened.log().force();
            new StoreWriter(opened.store(), opened.log(), Map::of, position -> {}).drain();
            opened.store().dropOldTrades(RandomTrades.START + 36 * 86_400_000L);
            assertThat(opened.store().keptSeq(1)).isGreaterThan(10);
        }
        Path file = folder.resolve("kept.market");
        use(from);
        assertThat(market("export", file.toString(), "--data", data.toString()))
                .as(said.toString())
                .isZero();
        use(StoreConfig.EMBEDDED);
        assertThat(market(
                        "import",
                        file.toString(),
                        "--data",
                        folder.resolve("h2").toString()))
                .isEqualTo(ExitCode.UNUSABLE);
        assertThat(said.toString()).contains("import into PostgreSQL");
        StoreConfig to = Postgres.shared().newDatabase();
        use(to);
        Path moved = folder.resolve("moved");
        assertThat(market("import", file.toString(), "--data", moved.toString()))
                .as(said.toString())
                .isZero();

        try (MarketStore source = StoreDatabase.open(MarketData.locationOf(data, from));
                MarketData target = MarketData.open(moved, to)) {
            assertThat(target.store().keptSeq(1)).isEqualTo(source.keptSeq(1));
            assertThat(target.store().keptTimeMillis()).isEqualTo(source.keptTimeMillis());
            assertThat(target.store().lastSeq(1)).isEqualTo(35);
            assertThat(target.store().tradesBySeq(1, 1, 99, 99))
                    .isEqualTo(all.subList((int) source.keptSeq(1) - 1, 35));
            assertThat(target.store().klines(1, KlineInterval.DAY_1, 0, Long.MAX_VALUE, 99, false))
                    .hasSize(35);
        }
    }

    /** Everything that the test put in is there, and nothing else. */
    private void assertHolds(MarketStore store) {
        assertThat(store.instruments()).hasSize(4);
        long candles = 0;
        for (Map.Entry<Integer, List<Trade>> each : trades.entrySet()) {
            assertThat(store.tradesBySeq(each.getKey(), 1, Long.MAX_VALUE, Integer.MAX_VALUE))
                    .as("seed %d", seed)
                    .isEqualTo(each.getValue());
            assertThat(store.lastSeq(each.getKey())).isEqualTo(each.getValue().size());
            candles +=
                    store
                            .klines(each.getKey(), KlineInterval.DAY_1, 0, Long.MAX_VALUE, Integer.MAX_VALUE, false)
                            .stream()
                            .mapToLong(kline -> kline.count())
                            .sum();
        }
        assertThat(candles)
                .isEqualTo(trades.values().stream().mapToInt(List::size).sum());
        Map<String, InboxHead> heads = new TreeMap<>();
        store.inbox().heads(heads::put);
        assertThat(heads).hasSize(3);
        heads.forEach((user, head) -> {
            assertThat(head.lastSeq()).isEqualTo(40);
            assertThat(head.firstSeq()).isEqualTo(6);
            assertThat(head.read().toString()).isEqualTo("6-7,9,11,40");
            List<StoredMessage> messages = store.inbox().messages(user, 1, 100);
            assertThat(messages).hasSize(35).allSatisfy(stored -> {
                assertThat(stored.message())
                        .isEqualTo(message(user, stored.message().seq()));
                assertThat(stored.readTimeMillis())
                        .isEqualTo(head.isRead(stored.message().seq()) ? 1_795_291_300_000L : 0);
            });
        });
    }

    private int market(String... arguments) {
        PrintWriter out = new PrintWriter(said, true);
        return MarketCommand.run(new MarketActions(false), environment::get, out, out, arguments);
    }

    private void use(StoreConfig config) {
        environment.clear();
        environment.putAll(variables(config));
    }

    private static Map<String, String> variables(StoreConfig config) {
        return config.isEmbedded()
                ? Map.of()
                : Map.of(
                        "MARKET_DB_URL",
                        config.url(),
                        "MARKET_DB_USER",
                        config.user(),
                        "MARKET_DB_PASSWORD",
                        config.password());
    }

    private static long checkpoint(Path data, StoreConfig config) {
        try (MarketStore store = StoreDatabase.open(MarketData.locationOf(data, config))) {
            return store.checkpointPosition();
        }
    }

    private static UUID epoch(Path data, StoreConfig config) {
        try (MarketStore store = StoreDatabase.open(MarketData.locationOf(data, config))) {
            return store.epoch().orElseThrow();
        }
    }
}
