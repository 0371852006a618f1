package io.agx.market.server.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/** What a load found out. */
public final class LoadReport {
    private static final int NAME_WIDTH = 12;

    /**
     * The opening.
     *
     * @param opened connections that got into all rooms
     * @param failed connections that did not
     * @param failedAttempts attempts that failed, those of connections that worked later included
     * @param problem of the last of those attempts; empty if there is none
     * @param seconds until all were in their rooms, without the first, which is opened alone before
     */
    record Connects(int opened, int failed, long failedAttempts, String problem, double seconds) {
        /** 0 if there was only one. */
        double perSecond() {
            return opened > 1 ? (opened - 1) / seconds : 0;
        }
    }

    /** What came, and what it cost, while it was counted. */
    record Window(
            double seconds,
            long messages,
            long trades,
            long tickers,
            long klines,
            Duration ownCpu,
            Optional<Duration> serverCpu,
            OptionalLong serverResidentBytes) {}

    /**
     * The whole run.
     *
     * @param trades that came, over all connections
     * @param missing between the first and the last of a connection's room
     * @param undelivered published by the load, and not there at its end
     * @param gaps told by the server or the client
     * @param filled trades that did not come live, and were read from history
     * @param duplicates trades that came again
     * @param conflated tickers and candles left out because this program was too slow
     * @param reconnects connections after the first
     */
    record Delivery(
            long trades,
            long missing,
            long undelivered,
            long gaps,
            long filled,
            long duplicates,
            long conflated,
            long reconnects) {
        long lost() {
            return missing + undelivered;
        }
    }

    /**
     * How the server's clock stands to ours.
     *
     * @param same whether it is ours
     * @param offsetMillis the server's minus ours
     * @param roundTripMicros of the ping that told it; it is wrong by half of this at most
     */
    record Clock(boolean same, long offsetMillis, long roundTripMicros) {}

    private final LoadOptions options;
    private final Connects connects;
    private final Window window;
    private final Delivery delivery;
    private final Histogram latencies;
    private final Clock clock;
    private final long published;

    LoadReport(
            LoadOptions options,
            Connects connects,
            Window window,
            Delivery delivery,
            Histogram latencies,
            Clock clock,
            long published) {
        this.options = options;
        this.connects = connects;
        this.window = window;
        this.delivery = delivery;
        this.latencies = latencies;
        this.clock = clock;
        this.published = published;
    }

    /** Whether nothing was lost and every connection was opened. */
    public boolean isClean() {
        return delivery.lost() == 0 && connects.failed() == 0;
    }

    /** For people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        line(text, "server", options.server() + ", rooms " + options.rooms());
        line(text, "connections", connections());
        line(
                text,
                "counted",
                String.format(Locale.ROOT, "%.1f s, after %d s", window.seconds(), options.warmSeconds()));
        line(text, "messages", rate(window.messages()));
        line(text, "trades", rate(window.trades()));
        line(text, "tickers", rate(window.tickers()));
        line(text, "candles", rate(window.klines()));
        line(text, "lost", lost());
        if (delivery.conflated() > 0) {
            line(
                    text,
                    "left out",
                    String.format(
                            Locale.ROOT,
                            "%,d tickers and candles, because this program did not keep up",
                            delivery.conflated()));
        }
        if (options.publishesPerSecond() > 0) {
            line(
                    text,
                    "published",
                    String.format(Locale.ROOT, "%,d trades, at %,.0f/s", published, options.publishesPerSecond()));
        }
        line(text, "latency", latency());
        double ownCpu = seconds(window.ownCpu());
        line(text, "own CPU", String.format(Locale.ROOT, "%.2f s, %.0f %%", ownCpu, 100 * ownCpu / window.seconds()));
        if (options.pid() != null) {
            line(text, "server", server());
        }
        return text.toString();
    }

    private String connections() {
        return String.format(
                Locale.ROOT,
                "%,d of %,d in %.1f s, %,.0f/s; %,d attempts failed%s",
                connects.opened(),
                options.connections(),
                connects.seconds(),
                connects.perSecond(),
                connects.failedAttempts(),
                connects.problem().isEmpty() ? "" : ", the last: " + connects.problem());
    }

    private String lost() {
        return String.format(
                Locale.ROOT,
                "%,d of %,d trades of the whole run; %,d gaps told, %,d read from history, %,d duplicates, %,d reconnects",
                delivery.lost(),
                delivery.trades() + delivery.lost(),
                delivery.gaps(),
                delivery.filled(),
                delivery.duplicates(),
                delivery.reconnects());
    }

    private String latency() {
        if (latencies.getTotalCount() == 0) {
            return "unknown: no trade came while it was counted";
        }
        return String.format(
                Locale.ROOT,
                "p50 %,d ms, p90 %,d ms, p99 %,d ms, max %,d ms, from a trade's time to its receipt; %s",
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(90),
                latencies.getValueAtPercentile(99),
                latencies.getMaxValue(),
                clock.same()
                        ? "one clock, for the server is on this machine"
                        : String.format(
                                Locale.ROOT,
                                "the server's clock is %+d ms from ours by ping (right to %.1f ms), taken into account",
                                clock.offsetMillis(),
                                clock.roundTripMicros() / 2e3));
    }

    private String server() {
        String memory = window.serverResidentBytes().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "%,d MiB resident",
                        window.serverResidentBytes().getAsLong() >> 20)
                : "memory unknown";
        if (window.serverCpu().isEmpty()) {
            return "CPU unknown: process " + options.pid() + " is gone, or another user's; " + memory;
        }
        double cpu = seconds(window.serverCpu().get());
        String perMessage = window.messages() == 0
                ? ""
                : String.format(Locale.ROOT, ", %.1f us per delivered message", 1e6 * cpu / window.messages());
        return String.format(
                Locale.ROOT, "%.2f s CPU, %.0f %%%s; %s", cpu, 100 * cpu / window.seconds(), perMessage, memory);
    }

    private String rate(long count) {
        return String.format(Locale.ROOT, "%,.0f/s (%,d)", count / window.seconds(), count);
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name)
                .append(" ".repeat(NAME_WIDTH - name.length()))
                .append(value)
                .append(System.lineSeparator());
    }

    /** For programs: one object, one line. Times in their names' units; what is unknown is null. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("server", options.server());
            json.writeArrayFieldStart("rooms");
            for (var room : options.rooms()) {
                json.writeString(room.toString());
            }
            json.writeEndArray();
            json.writeNumberField("connections", connects.opened());
            json.writeNumberField("failedConnections", connects.failed());
            json.writeNumberField("failedAttempts", connects.failedAttempts());
            json.writeStringField("lastConnectProblem", connects.problem());
            json.writeNumberField("connectSeconds", rounded(connects.seconds()));
            json.writeNumberField("connectsPerSecond", rounded(connects.perSecond()));
            json.writeNumberField("seconds", rounded(window.seconds()));
            writeRate(json, "message", window.messages());
            writeRate(json, "trade", window.trades());
            writeRate(json, "ticker", window.tickers());
            writeRate(json, "kline", window.klines());
            json.writeNumberField("totalTradeCount", delivery.trades());
            json.writeNumberField("publishedTradeCount", published);
            json.writeNumberField("lostTradeCount", delivery.lost());
            json.writeNumberField("gapCount", delivery.gaps());
            json.writeNumberField("filledTradeCount", delivery.filled());
            json.writeNumberField("duplicateTradeCount", delivery.duplicates());
            json.writeNumberField("conflatedCount", delivery.conflated());
            json.writeNumberField("reconnectCount", delivery.reconnects());
            writeLatency(json);
            json.writeNumberField("ownCpuSeconds", rounded(seconds(window.ownCpu())));
            writeServer(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON into memory failed", e);
        }
        return text + System.lineSeparator();
    }

    private void writeRate(JsonGenerator json, String name, long count) throws IOException {
        json.writeNumberField(name + "Count", count);
        json.writeNumberField(name + "sPerSecond", rounded(count / window.seconds()));
    }

    private void writeLatency(JsonGenerator json) throws IOException {
        json.writeFieldName("latencyMillis");
        if (latencies.getTotalCount() == 0) {
            json.writeNull();
        } else {
            json.writeStartObject();
            json.writeNumberField("p50", latencies.getValueAtPercentile(50));
            json.writeNumberField("p90", latencies.getValueAtPercentile(90));
            json.writeNumberField("p99", latencies.getValueAtPercentile(99));
            json.writeNumberField("max", latencies.getMaxValue());
            json.writeEndObject();
        }
        json.writeNumberField("clockOffsetMillis", clock.offsetMillis());
    }

    private void writeServer(JsonGenerator json) throws IOException {
        json.writeFieldName("serverCpuSeconds");
        if (window.serverCpu().isEmpty()) {
            json.writeNull();
        } else {
            double cpu = seconds(window.serverCpu().get());
            json.writeNumber(rounded(cpu));
            if (window.messages() > 0) {
                json.writeNumberField("serverCpuMicrosPerMessage", rounded(1e6 * cpu / window.messages()));
            }
        }
        json.writeFieldName("serverResidentBytes");
        if (window.serverResidentBytes().isEmpty()) {
            json.writeNull();
        } else {
            json.writeNumber(window.serverResidentBytes().getAsLong());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1e3;
    }
}
