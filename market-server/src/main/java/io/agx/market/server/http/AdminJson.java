package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.server.admin.LatencyFigures;
import io.agx.market.server.admin.ReloadReport;
import io.agx.market.server.admin.ServerFigures;
import io.agx.market.server.admin.Stats;
import io.agx.market.server.room.RoomFigures;
import io.agx.market.server.subscriber.ConnectionFigures;
import io.agx.market.server.subscriber.EndedConnection;
import io.agx.market.server.subscriber.FrameTrace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operator's answers as JSON: market-core/doc/PROTOCOL.md, section 12. */
final class AdminJson {
    /** For what has nothing to tell. */
    static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    private AdminJson() {}

    /** The inside of an object. */
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static byte[] reloaded(ReloadReport report) throws IOException {
        return object(json -> {
            changes(json, "changed", report.changed());
            changes(json, "needRestart", report.needRestart());
        });
    }

    private static void changes(JsonGenerator json, String name, List<ReloadReport.Change> changes) throws IOException {
        json.writeArrayFieldStart(name);
        for (ReloadReport.Change change : changes) {
            json.writeStartObject();
            json.writeStringField("key", change.key());
            json.writeStringField("before", change.before());
            json.writeStringField("after", change.after());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static byte[] rooms(RoomFigures.Largest largest) throws IOException {
        return object(json -> {
            json.writeNumberField("count", largest.count());
            json.writeArrayFieldStart("rooms");
            for (RoomFigures room : largest.rooms()) {
                json.writeStartObject();
                json.writeStringField("room", room.room());
                json.writeStringField("rate", room.rate());
                if (!room.fields().isEmpty()) {
                    json.writeArrayFieldStart("fields");
                    for (String field : room.fields()) {
                        json.writeString(field);
                    }
                    json.writeEndArray();
                }
                json.writeNumberField("members", room.members());
                json.writeNumberField("seq", room.seq());
                json.writeNumberField("time", room.timeMillis());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] connections(ConnectionFigures.First first) throws IOException {
        return object(json -> {
            json.writeNumberField("count", first.count());
            json.writeArrayFieldStart("connections");
            for (ConnectionFigures each : first.connections()) {
                json.writeStartObject();
                json.writeStringField("id", each.id());
                json.writeStringField("transport", each.transport());
                json.writeBooleanField("compressed", each.remote().compressed());
                json.writeStringField("address", each.remote().address());
                writeText(json, "userId", each.userId());
                json.writeNumberField("openedTime", each.openedTimeMillis());
                json.writeNumberField("rooms", each.rooms());
                json.writeNumberField("waitingMessages", each.waitingMessages());
                json.writeNumberField("waitingBytes", each.waitingBytes());
                json.writeNumberField("conflated", each.conflated());
                json.writeNumberField("dropped", each.dropped());
                json.writeNumberField("messages", each.messages());
                json.writeNumberField("bytes", each.bytes());
                Integer rttMicros = each.rttMicros();
                writeMillis(json, "rttMillis", rttMicros != null, rttMicros == null ? 0 : rttMicros);
                json.writeBooleanField("writing", each.writing());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] ends(List<EndedConnection> ends) throws IOException {
        return object(json -> {
            json.writeArrayFieldStart("ends");
            for (EndedConnection each : ends) {
                json.writeStartObject();
                json.writeStringField("id", each.id());
                writeText(json, "userId", each.userId());
                json.writeStringField("address", each.address());
                json.writeNumberField("openedTime", each.openedTimeMillis());
                json.writeNumberField("endedTime", each.endedTimeMillis());
                json.writeNumberField("code", each.code());
                json.writeStringField("reason", each.reason());
                json.writeStringField("by", each.byServer() ? "server" : "peer");
                json.writeNumberField("messages", each.messages());
                json.writeNumberField("bytes", each.bytes());
                json.writeNumberField("conflated", each.conflated());
                json.writeNumberField("dropped", each.dropped());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] stats(Stats.Now now) throws IOException {
        return object(json -> {
            writeFigures(json, "serverTime", now.figures());
            writeLatency(json, now.latency());
            json.writeArrayFieldStart("history");
            for (Stats.Second second : now.history()) {
                json.writeStartObject();
                writeFigures(json, "time", second.figures());
                writeLatency(json, second.latency());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] trace(FrameTrace.Page page) throws IOException {
        return object(json -> {
            json.writeNumberField("next", page.next());
            json.writeNumberField("lost", page.lost());
            json.writeArrayFieldStart("frames");
            for (FrameTrace.Frame frame : page.frames()) {
                json.writeStartObject();
                json.writeNumberField("n", frame.number());
                json.writeNumberField("time", frame.timeMillis());
                json.writeStringField("direction", frame.incoming() ? "in" : "out");
                json.writeNumberField("bytes", frame.bytes());
                json.writeStringField("text", frame.text());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] drained(int connections) throws IOException {
        return object(json -> {
            json.writeBooleanField("draining", true);
            json.writeNumberField("connections", connections);
        });
    }

    private static void writeFigures(JsonGenerator json, String timeName, ServerFigures figures) throws IOException {
        json.writeNumberField(timeName, figures.timeMillis());
        json.writeNumberField("uptimeMillis", figures.uptimeMillis());
        json.writeNumberField("tradesAccepted", figures.tradesAccepted());
        json.writeNumberField("duplicates", figures.duplicates());
        json.writeNumberField("rejected", figures.rejected());
        json.writeNumberField("messages", figures.messages());
        json.writeNumberField("bytes", figures.bytes());
        json.writeNumberField("writes", figures.writes());
        json.writeNumberField("conflated", figures.conflated());
        json.writeNumberField("dropped", figures.dropped());
        json.writeNumberField("connections", figures.connections());
        json.writeNumberField("rooms", figures.rooms());
        json.writeNumberField("journalQueuedTrades", figures.journalQueuedTrades());
        json.writeNumberField("engineQueuedBatches", figures.engineQueuedBatches());
        json.writeNumberField("storeLagBytes", figures.storeLagBytes());
        json.writeNumberField("heapUsedBytes", figures.heapUsedBytes());
        json.writeNumberField("heapMaxBytes", figures.heapMaxBytes());
        json.writeNumberField("cpuNanos", figures.cpuNanos());
    }

    private static void writeLatency(JsonGenerator json, LatencyFigures latency) throws IOException {
        boolean known = latency.count() > 0;
        json.writeObjectFieldStart("latency");
        writeMillis(json, "p50", known, latency.p50Micros());
        writeMillis(json, "p99", known, latency.p99Micros());
        writeMillis(json, "max", known, latency.maxMicros());
        json.writeNumberField("count", latency.count());
        json.writeEndObject();
    }

    /** A duration in milliseconds with its microseconds as decimals; null if it is not known. */
    private static void writeMillis(JsonGenerator json, String name, boolean known, long micros) throws IOException {
        if (known) {
            json.writeNumberField(name, BigDecimal.valueOf(micros, 3));
        } else {
            json.writeNullField(name);
        }
    }

    private static void writeText(JsonGenerator json, String name, @Nullable String text) throws IOException {
        if (text == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, text);
        }
    }

    private static byte[] object(Fields fields) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
