package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.drill.Drills;
import io.agx.market.server.drill.OpenLoop;
import io.agx.market.server.drill.ServerFigures;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server as it runs for years, in short: trades come evenly, subscribers stay, and ten a second go without a word and come back.
 * Nobody may miss a trade, and heap, threads and files must stay where they are.
 *
 * <p>Small in {@code mvn verify}. {@code -Dmarket.soak.seconds=1200} is the whole, and judges the figures; {@code
 * -Dmarket.soak.rate=500} and {@code -Dmarket.soak.subscribers=200} are its load; {@code -Dmarket.drill.options="--db-url ..."} adds
 * options to the server's. {@code -Dmarket.soak.ramp=true} doubles the rate every 20 s instead, until the server does not keep up, and
 * judges nothing. {@code target/soak.csv} and {@code target/soak.svg} keep what was seen.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class SoakIT {
    private static final int SECONDS = Integer.getInteger("market.soak.seconds", 6);
    private static final boolean FULL = SECONDS >= 600;
    private static final boolean RAMP = Boolean.getBoolean("market.soak.ramp");
    private static final int RATE = Integer.getInteger("market.soak.rate", 500);
    private static final int SUBSCRIBERS = Integer.getInteger("market.soak.subscribers", FULL || RAMP ? 200 : 60);
    /** One in four comes and goes; of the rest one in five looks at tickers or candles. */
    private static final int RETURNING = SUBSCRIBERS / 4;

    private static final int WATCHING = (SUBSCRIBERS - RETURNING) / 5;
    private static final long RETURN_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SAMPLE_SECONDS = FULL ? 15 : 1;
    private static final int RAMP_SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final double MOST_HEAP_MIB_PER_HOUR = 30;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final List<SoakSample> samples = new ArrayList<>();
    private final List<List<Peer>> byInstrument = new ArrayList<>();
    private final List<Peer> returning = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private int port;
    private long nextReturnNanos;
    private long turns;
    private long returns;
    private long lastPushes;
    private double lastCpuSeconds;
    private double lastSampleSeconds;

    @Test
    void nobodyMissesATradeAndNothingGrows() throws Exception {
        try (ServerProcess server =
                        ServerProcess.serve(Drills.launch(FULL || RAMP), folder.resolve("data"), Drills.options());
                Swarm swarm = Swarm.of(portOf(server))) {
            ServerFigures figures = new ServerFigures(server.pid());
            RestClient rest = new RestClient(port);
            OpenLoop.define(rest);
            join(swarm);
            nextReturnNanos = System.nanoTime();
            lastCpuSeconds = figures.cpuSeconds();
            lastSampleSeconds = elapsedSeconds();
            long acked = RAMP ? ramp(swarm, figures) : soak(swarm, figures);
            assertAllHave(swarm, acked / OpenLoop.SYMBOLS.size());
            Swarm.Tally tally = swarm.tally();
            System.out.println("soak: returns=" + returns + " states=" + swarm.ask(() -> swarm.states) + " " + tally);
            assertThat(tally.unwantedEnds()).isZero();
            assertThat(tally.failedConnects()).isZero();
            assertThat(rest.get("/health/ready").status()).isEqualTo(200);
        } finally {
            keep();
        }
        if (FULL && !RAMP) {
            judge();
        }
    }

    private int portOf(ServerProcess server) throws IOException {
        port = server.awaitPort();
        return port;
    }

    private void join(Swarm swarm) {
        int count = OpenLoop.SYMBOLS.size();
        List<Peer> staying = swarm.join(
                SUBSCRIBERS - RETURNING - WATCHING, Manners.GOOD, i -> "trade:" + OpenLoop.SYMBOLS.get(i % count));
        returning.addAll(swarm.join(RETURNING, Manners.GOOD, i -> "trade:" + OpenLoop.SYMBOLS.get(i % count)));
        swarm.join(
                WATCHING,
                Manners.GOOD,
                i -> i % 2 == 0 ? "ticker:*" : "kline:" + OpenLoop.SYMBOLS.get(i % count) + ":1m");
        for (int instrument = 0; instrument < count; instrument++) {
            List<Peer> theirs = new ArrayList<>();
            for (List<Peer> peers : List.of(staying, returning)) {
                for (int i = instrument; i < peers.size(); i += count) {
                    theirs.add(peers.get(i));
                }
            }
            byInstrument.add(theirs);
        }
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(swarm.live()).as(swarm::toString).isEqualTo(SUBSCRIBERS));
    }

    private long soak(Swarm swarm, ServerFigures figures) throws Exception {
        OpenLoop load = new OpenLoop(port, RATE, RATE < 2_000 ? 10 : 50, 4, 1, false);
        try (load) {
            while (samples.size() * SAMPLE_SECONDS < SECONDS) {
                comeAndGo(swarm, SAMPLE_SECONDS);
                sample(swarm, figures, load);
            }
        }
        assertThat(load.refusedCount()).as(load.refusal()).isZero();
        return load.ackedCount();
    }

    /** Doubles the rate until the server, or this process beside it, does not keep up. */
    private long ramp(Swarm swarm, ServerFigures figures) throws Exception {
        long nextId = 1;
        long acked = 0;
        for (int rate = 500; ; rate *= 2) {
            OpenLoop load = new OpenLoop(port, rate, rate < 2_000 ? 10 : 50, 4, nextId, false);
            try (load) {
                comeAndGo(swarm, RAMP_SECONDS);
                sample(swarm, figures, load);
                System.out.println("ramp: " + rate + " trades/s, late batches " + load.lateBatches() + ", "
                        + samples.get(samples.size() - 1));
            }
            nextId = load.nextId();
            acked += load.ackedCount();
            SoakSample last = samples.get(samples.size() - 1);
            if (last.p99Millis() > 250 || last.ackP99Millis() > 250 || rate >= 64_000) {
                return acked;
            }
        }
    }

    /** For so long, ten a second of those who return end their connection, by FIN and by RST in turn, and come back. */
    private void comeAndGo(Swarm swarm, int seconds) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - endNanos < 0) {
            long waitNanos = Math.min(nextReturnNanos, endNanos) - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(waitNanos);
                continue;
            }
            Peer next = returning.get((int) (turns++ % returning.size()));
            // On a busy machine it may not be back yet.
            if (swarm.ask(() -> next.state == Peer.State.LIVE)) {
                swarm.drop(List.of(next), returns++ % 2 == 0);
                swarm.reconnect(List.of(next), 128);
            }
            nextReturnNanos += RETURN_PERIOD_NANOS;
        }
    }

    private void sample(Swarm swarm, ServerFigures figures, OpenLoop load) throws Exception {
        double seconds = elapsedSeconds();
        double cpuSeconds = figures.cpuSeconds();
        int[] latency = swarm.ask(() -> {
            Latencies seen = swarm.latencies;
            int[] taken = {
                seen.withinMillis(0.5), seen.withinMillis(0.99), seen.withinMillis(1), (int) seen.count(),
            };
            seen.clear();
            return taken;
        });
        double[] ack = SoakSample.ackMillis(load.takeLatencies());
        Swarm.Tally tally = swarm.tally();
        SoakSample sample = new SoakSample(
                seconds,
                figures.liveHeapKib() / 1_024.0,
                figures.residentKib() / 1_024.0,
                figures.threads(),
                figures.openFiles(),
                latency[3],
                latency[0],
                latency[1],
                latency[2],
                ack[0],
                ack[1],
                load.ackedCount(),
                load.refusedCount(),
                tally.missing() + tally.told() + tally.duplicates() + tally.outOfOrder(),
                (cpuSeconds - lastCpuSeconds) / (seconds - lastSampleSeconds),
                ServerFigures.loadAverage());
        samples.add(sample);
        lastCpuSeconds = cpuSeconds;
        lastSampleSeconds = seconds;
        if (FULL && samples.size() % 8 == 0) {
            keep();
        }
    }

    private double elapsedSeconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Until all have every trade of theirs, each once. */
    private void assertAllHave(Swarm swarm, long seq) {
        for (List<Peer> peers : byInstrument) {
            await().atMost(PATIENCE)
                    .until(() ->
                            swarm.have(peers, seq) || !swarm.tally().problems().isEmpty());
            Swarm.Tally tally = swarm.tally(peers);
            assertThat(tally.isWhole()).as(tally.toString()).isTrue();
            assertThat(tally.told()).isZero();
        }
    }

    private void keep() throws IOException {
        if (samples.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>(List.of(SoakSample.HEADER));
        samples.forEach(sample -> lines.add(sample.csv()));
        Files.write(Path.of("target/soak.csv"), lines, StandardCharsets.UTF_8);
        String title = String.format(
                Locale.ROOT,
                "%,d trades/s, %d subscribers, 10 reconnects/s, %.0f minutes",
                RATE,
                SUBSCRIBERS,
                samples.get(samples.size() - 1).seconds() / 60);
        Files.writeString(Path.of("target/soak.svg"), SoakPlot.draw(title, samples), StandardCharsets.UTF_8);
    }

    /** Leaves out the first tenth, in which the server warms up and its caches fill. */
    private void judge() {
        List<SoakSample> warm = samples.subList(samples.size() / 10, samples.size());
        int quarter = warm.size() / 4;
        List<SoakSample> first = warm.subList(0, quarter);
        List<SoakSample> last = warm.subList(warm.size() - quarter, warm.size());
        double heap = SoakSample.perHour(warm, SoakSample::heapMib);
        double firstP99 = SoakSample.mean(first, SoakSample::p99Millis);
        double lastP99 = SoakSample.mean(last, SoakSample::p99Millis);
        System.out.printf(
                Locale.ROOT,
                "soak of %d s: heap %+.1f MiB/h (second half %+.1f), threads %+.1f/h, files %+.1f/h; p99 %.1f ms in the"
                        + " first quarter, %.1f in the last; %.2f cores; load average %.1f%n",
                SECONDS,
                heap,
                SoakSample.perHour(warm.subList(warm.size() / 2, warm.size()), SoakSample::heapMib),
                SoakSample.perHour(warm, SoakSample::threads),
                SoakSample.perHour(warm, SoakSample::files),
                firstP99,
                lastP99,
                SoakSample.mean(warm, SoakSample::cores),
                SoakSample.mean(warm, SoakSample::load));
        assertThat(heap).as("MiB of heap per hour").isLessThanOrEqualTo(MOST_HEAP_MIB_PER_HOUR);
        assertThat(SoakSample.mean(last, SoakSample::threads))
                .isLessThanOrEqualTo(SoakSample.mean(first, SoakSample::threads) + 4);
        assertThat(SoakSample.mean(last, SoakSample::files))
                .isLessThanOrEqualTo(SoakSample.mean(first, SoakSample::files) + 10);
        assertThat(lastP99).isLessThanOrEqualTo(1.5 * firstP99 + 50);
    }
}
