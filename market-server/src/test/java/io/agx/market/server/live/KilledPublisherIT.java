package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A publisher's process is killed at random moments and started again where it knows all to be durable, over one server: more often with
 * {@code -Dmarket.live.kills=30}.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KilledPublisherIT {
    private static final int KILLS = Integer.getInteger("market.live.kills", 5);
    private static final int TRADES_PER_KILL = 4_000;

    @TempDir
    private Path dir;

    @Test
    void theLogHasEveryTradeOnceHoweverOftenItsPublisherDies() throws Exception {
        long seed = System.nanoTime();
        System.out.println("publisher kills " + KILLS + ", seed " + seed);
        Random random = new Random(seed);
        Path data = dir.resolve("data");
        long total = (long) (KILLS + 1) * TRADES_PER_KILL;
        long durable = 0;
        long offeredAgain;
        try (RunningMarket market = RunningMarket.listening(data)) {
            market.define("BTC-USDT");
            for (int kill = 0; kill < KILLS; kill++) {
                durable = publish(market, durable, total, durable + 1 + random.nextInt(TRADES_PER_KILL));
            }
            offeredAgain = market.server().totalTrades() - durable;
            durable = publish(market, durable, total, Long.MAX_VALUE);

            assertThat(durable).as("seed %d", seed).isEqualTo(total);
            List<SentTrade> kept = new RestClient(market.port()).trades("BTC-USDT", 1);
            assertThat(kept.stream().map(SentTrade::id).collect(Collectors.toSet()))
                    .as("seed %d", seed)
                    .isEqualTo(LongStream.range(0, total).mapToObj(i -> "k" + i).collect(Collectors.toSet()));
            assertThat(kept).as("seed %d", seed).hasSize((int) total);
        }
        System.out.println("trades " + total + ", in the log and not known to be at the last kill " + offeredAgain);
        assertThat(ServerProcess.verify(data)).as("seed %d", seed).contains("exit code 0");
        assertThat(query(data, "select count(*), count(distinct trade_id), max(seq) from trade"))
                .as("seed %d", seed)
                .isEqualTo(total + " " + total + " " + total);
    }

    /** Runs a publisher until it has told that so much is durable, and kills it; or to its end. Returns what it has told. */
    private static long publish(RunningMarket market, long from, long to, long killAt) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PublisherProcess.class.getName(),
                        "" + market.webSocket(Tokens.PUBLISHER),
                        "" + from,
                        "" + to)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread reaper = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
        long told = from;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                told = Long.parseLong(line);
                if (told >= killAt) {
                    process.destroyForcibly();
                    break;
                }
            }
        } finally {
            process.destroyForcibly();
            process.onExit().join();
            Runtime.getRuntime().removeShutdownHook(reaper);
        }
        return told;
    }

    private static String query(Path data, String sql) throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:h2:file:" + data.resolve("db/market"));
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1) + " " + row.getLong(2) + " " + row.getLong(3);
        }
    }
}
