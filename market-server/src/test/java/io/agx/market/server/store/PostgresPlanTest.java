package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.testing.Postgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the planner makes of the store's own queries, as the server itself logs it (auto_explain): of 26 weeks of trades each opens the
 * partitions that it needs, by an index. {@code -Dmarket.postgres.full=true} does it with a million trades.
 */
final class PostgresPlanTest {
    private static final int WEEKS = 26;
    private static final long MONDAY = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();
    private static final long WEEK_MILLIS = TimeUnit.DAYS.toMillis(7);
    private static final int TRADES = Boolean.getBoolean("market.postgres.full") ? 1_000_000 : 52_000;
    private static final int BATCH = 20_000;
    private static final Pattern TABLE = Pattern.compile("on (trade_w\\d{8})");

    @TempDir
    private Path folder;

    @Test
    void everyQuestionOpensThePartitionsThatItNeeds() throws IOException {
        try (Postgres postgres = Postgres.start(
                folder,
                "-c session_preload_libraries=auto_explain",
                "-c auto_explain.log_min_duration=0",
                "-c auto_explain.log_analyze=on",
                "-c auto_explain.log_timing=off")) {
            StoreConfig database = postgres.newDatabase();
            MarketStore store = StoreDatabase.open(PostgresLocations.of(database));
            fill(store);
            postgres.execute(database, "ANALYZE trade");
            long middle = MONDAY + 13 * WEEK_MILLIS + WEEK_MILLIS / 2;
            long half = TRADES / 2;

            opens(0, 0, () -> assertThat(store.lastSeq(1)).isEqualTo(TRADES));
            opens(
                    1,
                    1,
                    () -> assertThat(store.tradesBySeq(1, half + 10, half + 500, 100))
                            .hasSize(100));
            opens(
                    1,
                    2,
                    () -> assertThat(store.tradesByTime(1, SeqRange.ALL, 0, middle, 500, true))
                            .hasSize(500));
            opens(
                    1,
                    2,
                    () -> assertThat(store.tradesByTime(1, SeqRange.ALL, middle, Long.MAX_VALUE, 500, false))
                            .hasSize(500));
            // Whole weeks are known without a look at the trades.
            opens(
                    1,
                    1,
                    () -> assertThat(store.seqRange(1, middle, Long.MAX_VALUE)).isPresent());
            // An id may be anywhere; each partition is asked by an index.
            opens(
                    1,
                    WEEKS,
                    () -> assertThat(store.containsTrade(1, String.valueOf(half)))
                            .isTrue());
            opens(WEEKS, WEEKS, () -> assertThat(store.containsTrade(1, "none")).isFalse());
            store.close();
        }
    }

    /** Does something that opens so many partitions. None of them may be read as a whole. */
    private void opens(int least, int most, Runnable question) throws IOException {
        Path log = folder.resolve("postgres.log");
        long before = Files.size(log);
        question.run();
        byte[] bytes = Files.readAllBytes(log);
        String plans = new String(bytes, (int) before, bytes.length - (int) before, StandardCharsets.UTF_8);
        assertThat(plans).contains("Query Text").doesNotContain("Seq Scan on trade_w");
        TreeSet<String> tables = new TreeSet<>();
        Matcher matcher = TABLE.matcher(plans);
        while (matcher.find()) {
            tables.add(matcher.group(1));
        }
        assertThat(tables).as(plans).hasSizeBetween(least, most);
    }

    private static void fill(MarketStore store) {
        store.bind(UUID.randomUUID());
        List<Trade> batch = new ArrayList<>();
        for (int i = 1; i <= TRADES; i++) {
            batch.add(new Trade(
                    i,
                    Integer.toString(i),
                    1_000 + i % 97,
                    1,
                    Side.BUY,
                    MONDAY + (long) i * WEEKS * WEEK_MILLIS / (TRADES + 1),
                    false));
            if (batch.size() == BATCH || i == TRADES) {
                store.commit(new StoreBatch(List.of(RandomTrades.instrument(1)), Map.of(1, batch), Map.of(), i));
                batch = new ArrayList<>();
            }
        }
    }
}
