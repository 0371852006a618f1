package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.core.protocol.UtcOffsets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what a client sends. Pure functions. */
public final class CommandEncoder {
    private CommandEncoder() {}

    /** The text frame of a command. */
    public static String encode(ClientCommand command) {
        byte[] bytes = Json.write(256, json -> {
            json.writeStartObject();
            json.writeStringField("event", command.event());
            writeId(json, command.id());
            writeData(json, command);
            json.writeEndObject();
        });
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void writeId(JsonGenerator json, @Nullable RequestId id) throws IOException {
        if (id == null) {
            return;
        }
        json.writeFieldName("id");
        if (id.isInteger()) {
            json.writeNumber(id.text());
        } else {
            json.writeString(id.text());
        }
    }

    private static void writeData(JsonGenerator json, ClientCommand command) throws IOException {
        if (command instanceof ClientCommand.Subscribe subscribe) {
            writeRooms(json, subscribe.rooms());
        } else if (command instanceof ClientCommand.Unsubscribe unsubscribe) {
            writeRooms(json, unsubscribe.rooms());
        } else if (command instanceof ClientCommand.TickerQuery ticker && ticker.symbol() != null) {
            json.writeObjectFieldStart("data");
            json.writeStringField("symbol", ticker.symbol().value());
            json.writeEndObject();
        } else if (command instanceof ClientCommand.Klines klines) {
            writeKlines(json, klines.query());
        } else if (command instanceof ClientCommand.Trades trades) {
            writeTrades(json, trades.query());
        } else if (command instanceof ClientCommand.Auth auth) {
            json.writeObjectFieldStart("data");
            json.writeStringField("token", auth.token());
            json.writeEndObject();
        } else if (command instanceof ClientCommand.ReadMessage read) {
            json.writeObjectFieldStart("data");
            json.writeArrayFieldStart("ids");
            for (String id : read.ids()) {
                json.writeString(id);
            }
            json.writeEndArray();
            if (read.toSeq() == Long.MAX_VALUE) {
                json.writeBooleanField("all", true);
            } else if (read.toSeq() > 0) {
                json.writeNumberField("toSeq", read.toSeq());
            }
            json.writeEndObject();
        } else if (command instanceof ClientCommand.Publish publish) {
            json.writeObjectFieldStart("data");
            json.writeFieldName(publish.what().field());
            json.writeRawValue(publish.elementsJson());
            if (publish.atomic()) {
                json.writeBooleanField("atomic", true);
            }
            json.writeEndObject();
        } else if (command instanceof ClientCommand.Replay replay) {
            writeReplay(json, replay);
        } else if (command instanceof ClientCommand.Ping ping) {
            writePing(json, ping);
        }
    }

    private static void writePing(JsonGenerator json, ClientCommand.Ping ping) throws IOException {
        if (ping.clientTimeMillis() == null && ping.roundTripMicros() == null && ping.latencyMicros() == null) {
            return;
        }
        json.writeObjectFieldStart("data");
        writeOptional(json, "clientTime", ping.clientTimeMillis());
        writeOptional(json, "roundTripMicros", ping.roundTripMicros());
        writeOptional(json, "latencyMicros", ping.latencyMicros());
        json.writeEndObject();
    }

    private static void writeRooms(JsonGenerator json, List<RoomRequest> rooms) throws IOException {
        json.writeObjectFieldStart("data");
        writeRoomArray(json, rooms);
        json.writeEndObject();
    }

    private static void writeRoomArray(JsonGenerator json, List<RoomRequest> rooms) throws IOException {
        json.writeArrayFieldStart("rooms");
        for (RoomRequest room : rooms) {
            Cursor since = room.since();
            if (since == null && room.snapshot() == RoomRequest.UNSET) {
                json.writeString(room.name());
                continue;
            }
            json.writeStartObject();
            json.writeStringField("room", room.name());
            if (since != null) {
                json.writeObjectFieldStart("since");
                json.writeStringField("epoch", since.epoch());
                json.writeNumberField("seq", since.seq());
                json.writeEndObject();
            }
            if (room.snapshot() != RoomRequest.UNSET) {
                json.writeNumberField("snapshot", room.snapshot());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeKlines(JsonGenerator json, KlinesQuery query) throws IOException {
        json.writeObjectFieldStart("data");
        json.writeStringField("symbol", query.symbol().value());
        json.writeStringField("interval", query.interval().code());
        writeOptional(json, "startTime", query.startTimeMillis());
        writeOptional(json, "endTime", query.endTimeMillis());
        json.writeNumberField("limit", query.limit());
        if (query.utcOffsetMinutes() != 0) {
            json.writeStringField("utcOffset", UtcOffsets.format(query.utcOffsetMinutes()));
        }
        if (!query.fill()) {
            json.writeBooleanField("fill", false);
        }
        json.writeEndObject();
    }

    private static void writeTrades(JsonGenerator json, TradesQuery query) throws IOException {
        json.writeObjectFieldStart("data");
        json.writeStringField("symbol", query.symbol().value());
        writeOptional(json, "fromSeq", query.fromSeq());
        writeOptional(json, "startTime", query.startTimeMillis());
        writeOptional(json, "endTime", query.endTimeMillis());
        json.writeNumberField("limit", query.limit());
        json.writeEndObject();
    }

    private static void writeReplay(JsonGenerator json, ClientCommand.Replay replay) throws IOException {
        json.writeObjectFieldStart("data");
        json.writeStringField("symbol", replay.symbol().value());
        json.writeNumberField("fromTime", replay.fromTimeMillis());
        json.writeNumberField("toTime", replay.toTimeMillis());
        json.writeNumberField("speed", replay.speed());
        writeRoomArray(json, replay.rooms());
        json.writeEndObject();
    }

    private static void writeOptional(JsonGenerator json, String field, @Nullable Long value) throws IOException {
        if (value != null) {
            json.writeNumberField(field, value);
        }
    }
}
