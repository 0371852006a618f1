package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Texts;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ClientCommand.Published;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.core.protocol.UtcOffsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a client sends. Input is hostile: whatever comes, the answer is a command or a {@link ProtocolException}. */
public final class CommandDecoder {
    /** Deepest nesting of a command. */
    public static final int MAX_DEPTH = Json.MAX_DEPTH;

    /** Characters of the longest number in a command. */
    public static final int MAX_NUMBER_LENGTH = Json.MAX_NUMBER_LENGTH;

    private CommandDecoder() {}

    /**
     * Reads one command.
     *
     * @param text one text frame, not {@code PING} or {@code PONG}; its length is bounded by the caller
     * @throws ProtocolException for anything else; it carries the command's id if that could be read
     */
    public static ClientCommand decode(String text) {
        JsonNode node = Json.readCommand(text);
        if (!node.isObject()) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, null, "a command must be an object, was " + JsonFields.shown(node));
        }
        JsonFields envelope = JsonFields.of(node, "command");
        RequestId id = decodeId(envelope);
        try {
            return decode(envelope, id, text);
        } catch (ProtocolException e) {
            throw e.of(id);
        }
    }

    private static ClientCommand decode(JsonFields envelope, @Nullable RequestId id, String text) {
        JsonNode event = envelope.find("event");
        if (event == null || !event.isTextual()) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST,
                    "event",
                    event == null
                            ? "a command must have an event"
                            : "event must be a string, was " + JsonFields.shown(event));
        }
        return switch (event.textValue()) {
            case "subscribe" -> new ClientCommand.Subscribe(id, decodeRooms(data(envelope)));
            case "unsubscribe" -> new ClientCommand.Unsubscribe(id, decodeRooms(data(envelope)));
            case "rooms" -> new ClientCommand.Rooms(id);
            case "ticker" -> decodeTicker(id, envelope);
            case "klines" -> new ClientCommand.Klines(id, decodeKlines(data(envelope)));
            case "trades" -> new ClientCommand.Trades(id, decodeTrades(data(envelope)));
            case "instruments" -> new ClientCommand.Instruments(id);
            // However long: a token that is too long has a code of its own, given by who checks tokens.
            case "auth" -> new ClientCommand.Auth(id, data(envelope).text("token", Json.MAX_COMMAND_STRING));
            case "get_unread_message" -> new ClientCommand.GetUnreadMessage(id);
            case "read_message" -> decodeRead(id, data(envelope));
            case "publish" -> decodePublish(id, data(envelope), text);
            case "replay" -> decodeReplay(id, data(envelope));
            case "stop_replay" -> new ClientCommand.StopReplay(id);
            case "ping" -> decodePing(id, envelope);
            default ->
                throw new ProtocolException(
                        ErrorCode.UNKNOWN_EVENT,
                        "event",
                        "there is no command \"" + Texts.clip(event.textValue()) + "\"");
        };
    }

    private static @Nullable RequestId decodeId(JsonFields envelope) {
        JsonNode node = envelope.find("id");
        if (node == null) {
            return null;
        }
        if (!node.isTextual() && !node.isIntegralNumber()) {
            throw JsonFields.bad("id", "id must be a string or an integer, was " + JsonFields.shown(node));
        }
        return new RequestId(node.asText(), node.isIntegralNumber());
    }

    private static JsonFields data(JsonFields envelope) {
        return JsonFields.of(envelope.require("data"), "data");
    }

    private static @Nullable JsonFields optionalData(JsonFields envelope) {
        return envelope.find("data") == null ? null : data(envelope);
    }

    private static List<RoomRequest> decodeRooms(JsonFields data) {
        JsonNode array = data.array("rooms");
        if (array.isEmpty()) {
            throw JsonFields.bad("rooms", "rooms must have at least one element");
        }
        if (array.size() > ClientCommand.MAX_ELEMENTS) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ROOMS,
                    "rooms",
                    "rooms must have at most " + ClientCommand.MAX_ELEMENTS + " elements, had " + array.size());
        }
        List<RoomRequest> rooms = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            rooms.add(decodeRoom(element));
        }
        return rooms;
    }

    /** Never throws: what is wrong with an element is told in its place of the reply. */
    private static RoomRequest decodeRoom(JsonNode element) {
        if (element.isTextual()) {
            return RoomRequest.of(element.textValue());
        }
        String name = JsonFields.shown(element);
        try {
            if (!element.isObject()) {
                throw JsonFields.bad("room", "room must be a string or an object, was " + name);
            }
            JsonFields fields = JsonFields.of(element, "room");
            name = fields.text("room", Json.MAX_COMMAND_STRING);
            JsonNode since = fields.find("since");
            return new RoomRequest(
                    withFields(name, fields),
                    since == null ? null : decodeCursor(JsonFields.of(since, "since")),
                    (int) fields.number("snapshot", 0, RoomRequest.MAX_SNAPSHOT, RoomRequest.UNSET),
                    null);
        } catch (ProtocolException e) {
            return new RoomRequest(name, null, RoomRequest.UNSET, e.problem());
        }
    }

    /** The textual name of a room and of the fields that are told beside it. */
    private static String withFields(String room, JsonFields element) {
        if (element.find("fields") == null) {
            return room;
        }
        if (room.indexOf(FieldSelection.MARK) >= 0) {
            throw JsonFields.bad("fields", "fields are told twice: the room's name has some already");
        }
        JsonNode array = element.array("fields");
        if (array.isEmpty()) {
            throw JsonFields.bad("fields", "fields must have at least one element");
        }
        StringBuilder name = new StringBuilder(room);
        for (JsonNode field : array) {
            if (!field.isTextual() || field.textValue().indexOf(FieldSelection.MARK) >= 0) {
                throw JsonFields.bad("fields", "fields must be names of fields, was " + JsonFields.shown(field));
            }
            name.append(FieldSelection.MARK).append(field.textValue());
        }
        return name.toString();
    }

    private static Cursor decodeCursor(JsonFields since) {
        return new Cursor(since.text("epoch", Cursor.MAX_EPOCH_LENGTH), since.natural("seq"));
    }

    private static ClientCommand decodeTicker(@Nullable RequestId id, JsonFields envelope) {
        JsonFields data = optionalData(envelope);
        return new ClientCommand.TickerQuery(
                id, data == null || data.find("symbol") == null ? null : data.symbol("symbol"));
    }

    private static KlinesQuery decodeKlines(JsonFields data) {
        String intervalCode = data.text("interval", Json.MAX_COMMAND_STRING);
        KlineInterval interval = KlineInterval.ofCode(intervalCode)
                .orElseThrow(() -> new ProtocolException(
                        ErrorCode.UNKNOWN_INTERVAL, "interval", KlinesQuery.intervalMessage(intervalCode)));
        String offset = data.optionalText("utcOffset", Json.MAX_COMMAND_STRING);
        return new KlinesQuery(
                data.symbol("symbol"),
                interval,
                data.optionalNumber("startTime"),
                data.optionalNumber("endTime"),
                (int) data.number("limit", 1, KlinesQuery.MAX_LIMIT, KlinesQuery.DEFAULT_LIMIT),
                offset == null ? 0 : UtcOffsets.parse(offset),
                data.flag("fill", true));
    }

    private static TradesQuery decodeTrades(JsonFields data) {
        return new TradesQuery(
                data.symbol("symbol"),
                data.optionalNumber("fromSeq"),
                data.optionalNumber("startTime"),
                data.optionalNumber("endTime"),
                (int) data.number("limit", 1, TradesQuery.MAX_LIMIT, TradesQuery.DEFAULT_LIMIT));
    }

    private static ClientCommand decodeRead(@Nullable RequestId id, JsonFields data) {
        boolean all = data.flag("all", false);
        long toSeq = all ? Long.MAX_VALUE : data.natural("toSeq", 0);
        // Without either of them the ids are missing, and that is told.
        return new ClientCommand.ReadMessage(
                id, toSeq > 0 && data.find("ids") == null ? List.of() : decodeIds(data), toSeq);
    }

    private static List<String> decodeIds(JsonFields data) {
        JsonNode array = data.array("ids");
        if (array.size() > ClientCommand.MAX_ELEMENTS) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    "ids",
                    "ids must have at most " + ClientCommand.MAX_ELEMENTS + " elements, had " + array.size());
        }
        List<String> ids = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            if (!element.isTextual() && !element.isIntegralNumber()) {
                throw JsonFields.bad(
                        "ids",
                        "ids[" + ids.size() + "] must be a string or an integer, was " + JsonFields.shown(element));
            }
            ids.add(new RequestId(element.asText(), false).text());
        }
        return ids;
    }

    private static ClientCommand decodePublish(@Nullable RequestId id, JsonFields data, String text) {
        boolean ofQuotes = data.find(Published.QUOTES.field()) != null;
        if (ofQuotes && data.find(Published.TRADES.field()) != null) {
            throw JsonFields.bad("quotes", "one command publishes trades or quotes, not both");
        }
        Published what = ofQuotes ? Published.QUOTES : Published.TRADES;
        JsonNode elements = data.array(what.field());
        if (elements.isEmpty()) {
            throw JsonFields.bad(what.field(), what.field() + " must have at least one element");
        }
        if (elements.size() > ClientCommand.MAX_ELEMENTS) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    what.field(),
                    what.field() + " must have at most " + ClientCommand.MAX_ELEMENTS + " elements, had "
                            + elements.size());
        }
        boolean atomic = data.flag("atomic", false);
        return new ClientCommand.Publish(
                id, what, Json.sourceOfArray(text, "data", what.field()), elements.size(), atomic);
    }

    private static ClientCommand decodeReplay(@Nullable RequestId id, JsonFields data) {
        long from = data.number("fromTime", Trade.MIN_TIME_MILLIS, Trade.MAX_TIME_MILLIS);
        return new ClientCommand.Replay(
                id,
                data.symbol("symbol"),
                from,
                data.number("toTime", from, Trade.MAX_TIME_MILLIS),
                (int) data.number("speed", 1, ClientCommand.Replay.MAX_SPEED, 1),
                decodeRooms(data));
    }

    private static ClientCommand decodePing(@Nullable RequestId id, JsonFields envelope) {
        JsonFields data = optionalData(envelope);
        return data == null
                ? new ClientCommand.Ping(id, null)
                : new ClientCommand.Ping(
                        id,
                        data.optionalNumber("clientTime"),
                        data.optionalNumber("roundTripMicros", 0, ClientCommand.Ping.MAX_TOLD_MICROS),
                        data.optionalNumber("latencyMicros", 0, ClientCommand.Ping.MAX_TOLD_MICROS));
    }
}
