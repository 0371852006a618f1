package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.InstrumentData;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server sends. Fields and events that it does not know are ignored, so that a newer server is understood as far as
 * it speaks this version. Tickers, candles and trades must be whole: what comes of a room with a selection of fields is refused, for a
 * missing price must not be read as any price. Pure functions.
 */
public final class EventDecoder {
    private static final int MAX_TEXT = 65_536;
    private static final int MAX_SMALL_TEXT = 1_024;

    private EventDecoder() {}

    /**
     * Reads one event.
     *
     * @return the event; one whose name is unknown as {@link ReceivedEvent.Unknown}
     * @throws ProtocolException if it is no JSON object with an event, or lacks what its event must have
     */
    public static ReceivedEvent decode(String text) {
        JsonFields envelope = JsonFields.of(Json.readEvent(text), "event");
        RequestId id = decodeId(envelope.find("id"));
        String event = envelope.text("event", MAX_SMALL_TEXT);
        return switch (event) {
            case "welcome" -> decodeWelcome(data(envelope));
            case "subscribed" -> new ReceivedEvent.Subscribed(id, list(envelope, EventDecoder::decodeRoomResult));
            case "unsubscribed" -> new ReceivedEvent.Unsubscribed(id, list(envelope, EventDecoder::decodeRoomResult));
            case "rooms" -> new ReceivedEvent.Rooms(id, list(envelope, EventDecoder::decodePosition));
            case "heartbeat" ->
                new ReceivedEvent.Heartbeat(
                        envelope.natural("serverTime"), list(envelope, EventDecoder::decodePosition));
            case "ticker" -> decodeTicker(envelope, id);
            case "tickers" -> new ReceivedEvent.Tickers(id, list(envelope, EventDecoder::decodeTicker));
            case "kline" ->
                pushed(
                        id,
                        new ReceivedEvent.KlineUpdate(
                                room(envelope),
                                envelope.natural("seq"),
                                decodeKline(data(envelope)),
                                skipped(envelope),
                                serverTime(envelope)));
            case "klines" -> new ReceivedEvent.Klines(id, list(envelope, EventDecoder::decodeKline));
            case "trade" ->
                pushed(
                        id,
                        new ReceivedEvent.TradeUpdate(
                                room(envelope),
                                envelope.natural("seq"),
                                list(envelope, EventDecoder::decodeTrade),
                                serverTime(envelope)));
            case "trades" -> new ReceivedEvent.Trades(id, list(envelope, EventDecoder::decodeTrade));
            case "instruments" -> new ReceivedEvent.Instruments(id, list(envelope, EventDecoder::decodeInstrument));
            case "gap" -> decodeGap(envelope);
            case "pong" -> decodePong(id, data(envelope));
            case "error" -> decodeError(id, envelope);
            case "auth" -> decodeAuthenticated(id, data(envelope));
            case "system" ->
                new ReceivedEvent.Notice(envelope.natural("serverTime", 0), envelope.text("message", MAX_TEXT, ""));
            case "drain" ->
                new ReceivedEvent.Drain(
                        data(envelope).natural("reconnectAfterMillis", 0),
                        data(envelope).optionalText("url", MAX_TEXT));
            case "replaying" -> new ReceivedEvent.Replaying(id, list(envelope, EventDecoder::decodeRoomResult));
            case "replayed" -> decodeReplayed(id, data(envelope));
            case "replay_stopped" -> new ReceivedEvent.ReplayStopped(id);
            case "notification" -> decodeNotification(envelope.natural("seq", 0), data(envelope));
            case "ev_read_status" -> decodeReadStatus(id, data(envelope));
            case "published" ->
                new ReceivedEvent.Published(
                        id, envelope.natural("credit", 0), list(envelope, EventDecoder::decodePublishResult));
            default -> new ReceivedEvent.Unknown(id, event);
        };
    }

    private static @Nullable RequestId decodeId(@Nullable JsonNode node) {
        if (node == null || !(node.isTextual() || node.isIntegralNumber())) {
            return null;
        }
        return new RequestId(node.asText(), node.isIntegralNumber());
    }

    private static JsonFields data(JsonFields envelope) {
        return JsonFields.of(envelope.require("data"), "data");
    }

    private static String room(JsonFields envelope) {
        return envelope.text("room", MAX_SMALL_TEXT);
    }

    private static int skipped(JsonFields envelope) {
        return (int) envelope.number("skipped", 0, Integer.MAX_VALUE, 0);
    }

    private static <T> List<T> list(JsonFields envelope, Function<JsonFields, T> element) {
        return list(envelope.array("data"), element);
    }

    static <T> List<T> list(JsonNode array, Function<JsonFields, T> element) {
        List<T> elements = new ArrayList<>(array.size());
        for (JsonNode node : array) {
            elements.add(element.apply(JsonFields.of(node, "data")));
        }
        return List.copyOf(elements);
    }

    private static ReceivedEvent decodeWelcome(JsonFields data) {
        Map<String, Long> limits = new LinkedHashMap<>();
        JsonNode node = data.find("limits");
        if (node != null) {
            node.properties().forEach(limit -> {
                if (limit.getValue().canConvertToLong()) {
                    limits.put(limit.getKey(), limit.getValue().longValue());
                }
            });
        }
        return new ReceivedEvent.Welcome(
                data.text("connectionId", MAX_SMALL_TEXT),
                data.text("protocol", MAX_SMALL_TEXT, ""),
                data.natural("serverTime"),
                data.text("epoch", MAX_SMALL_TEXT),
                data.text("node", MAX_SMALL_TEXT, ""),
                Map.copyOf(limits),
                data.natural("heartbeatMillis", 0));
    }

    private static ReceivedEvent.RoomResult decodeRoomResult(JsonFields fields) {
        String room = fields.text("room", MAX_TEXT);
        JsonNode snapshot = fields.find("snapshot");
        return new ReceivedEvent.RoomResult(
                room,
                fields.flag("ok", false),
                fields.natural("seq", 0),
                fields.flag("recovered", false),
                snapshot == null ? ReceivedEvent.Snapshot.EMPTY : decodeSnapshot(room, snapshot),
                fields.text("code", MAX_SMALL_TEXT, ""),
                fields.text("message", MAX_TEXT, ""));
    }

    private static ReceivedEvent.Snapshot decodeSnapshot(String room, JsonNode node) {
        if (room.startsWith("ticker:")) {
            return new ReceivedEvent.Snapshot(decodeTickers(node), List.of(), List.of(), List.of());
        }
        if (room.startsWith("kline:") && node.isArray()) {
            return new ReceivedEvent.Snapshot(List.of(), list(node, EventDecoder::decodeKline), List.of(), List.of());
        }
        if (room.startsWith("trade:") && node.isArray()) {
            return new ReceivedEvent.Snapshot(List.of(), List.of(), list(node, EventDecoder::decodeTrade), List.of());
        }
        if (room.equals("inbox") && node.isArray()) {
            return new ReceivedEvent.Snapshot(List.of(), List.of(), List.of(), decodeNotifications(node));
        }
        return ReceivedEvent.Snapshot.EMPTY;
    }

    private static List<TickerData> decodeTickers(JsonNode node) {
        return node.isArray()
                ? list(node, EventDecoder::decodeTicker)
                : List.of(decodeTicker(JsonFields.of(node, "data")));
    }

    /** With a room it is live, without it is an answer. */
    private static ReceivedEvent decodeTicker(JsonFields envelope, @Nullable RequestId id) {
        List<TickerData> tickers = decodeTickers(envelope.require("data"));
        if (envelope.find("room") == null) {
            return new ReceivedEvent.Tickers(id, tickers);
        }
        return pushed(
                id,
                new ReceivedEvent.TickerUpdate(
                        room(envelope), envelope.natural("seq", 0), tickers, skipped(envelope), serverTime(envelope)));
    }

    private static long serverTime(JsonFields envelope) {
        return envelope.natural("serverTime", 0);
    }

    /** A message of a room is live, or with an id part of the replay of that id. */
    private static ReceivedEvent pushed(@Nullable RequestId id, ReceivedEvent update) {
        return id == null ? update : new ReceivedEvent.Played(id, update);
    }

    private static ReceivedEvent decodeReplayed(@Nullable RequestId id, JsonFields data) {
        return new ReceivedEvent.Replayed(
                id,
                data.text("symbol", MAX_SMALL_TEXT),
                data.number("fromTime", Long.MIN_VALUE, Long.MAX_VALUE),
                data.number("toTime", Long.MIN_VALUE, Long.MAX_VALUE),
                data.natural("trades"),
                data.natural("lastSeq"));
    }

    private static ReceivedEvent.RoomPosition decodePosition(JsonFields fields) {
        return new ReceivedEvent.RoomPosition(room(fields), fields.natural("seq", 0), fields.natural("time", 0));
    }

    private static ReceivedEvent decodeGap(JsonFields envelope) {
        JsonFields data = data(envelope);
        return new ReceivedEvent.Gap(
                room(envelope), data.natural("fromSeq"), data.natural("toSeq"), data.text("rest", MAX_TEXT, ""));
    }

    private static ReceivedEvent decodePong(@Nullable RequestId id, JsonFields data) {
        return new ReceivedEvent.Pong(
                id,
                data.number("clientTime", Long.MIN_VALUE, Long.MAX_VALUE, 0),
                data.natural("receiveTime"),
                data.natural("sendTime"));
    }

    private static ReceivedEvent decodeError(@Nullable RequestId id, JsonFields envelope) {
        JsonNode data = envelope.find("data");
        String field = "";
        long retryAfterMillis = 0;
        if (data != null && data.isObject()) {
            JsonFields fields = JsonFields.of(data, "data");
            field = fields.text("field", MAX_SMALL_TEXT, "");
            retryAfterMillis = fields.natural("retryAfterMillis", 0);
        }
        return new ReceivedEvent.Failed(
                id,
                envelope.text("code", MAX_SMALL_TEXT),
                envelope.text("message", MAX_TEXT, ""),
                envelope.flag("temporary", false),
                field,
                retryAfterMillis);
    }

    private static ReceivedEvent decodeAuthenticated(@Nullable RequestId id, JsonFields data) {
        List<String> scopes = new ArrayList<>();
        for (JsonNode scope : data.array("scopes")) {
            scopes.add(scope.asText());
        }
        return new ReceivedEvent.Authenticated(
                id, data.text("userId", MAX_SMALL_TEXT), data.natural("expiresTime"), scopes);
    }

    private static ReceivedEvent.Notification decodeNotification(long seq, JsonFields data) {
        JsonNode extra = data.find("data");
        JsonNode sender = data.find("sender");
        return new ReceivedEvent.Notification(
                seq,
                data.text("id", MAX_SMALL_TEXT),
                data.text("type", MAX_SMALL_TEXT, ""),
                data.text("title", MAX_TEXT, ""),
                data.text("content", MAX_TEXT, ""),
                data.natural("createdTime", 0),
                extra == null ? "null" : extra.toString(),
                sender == null ? "" : JsonFields.of(sender, "sender").text("nickname", MAX_TEXT, ""),
                data.flag("read", false),
                data.number("unread", -1, Long.MAX_VALUE, -1));
    }

    static List<ReceivedEvent.Notification> decodeNotifications(JsonNode array) {
        return list(array, fields -> decodeNotification(fields.natural("seq", 0), fields));
    }

    private static ReceivedEvent decodeReadStatus(@Nullable RequestId id, JsonFields data) {
        List<String> ids = new ArrayList<>();
        JsonNode array = data.find("ids");
        if (array != null && array.isArray()) {
            array.forEach(each -> ids.add(each.asText()));
        }
        return new ReceivedEvent.ReadStatus(
                id, List.copyOf(ids), data.natural("toSeq", 0), data.number("unread", -1, Long.MAX_VALUE, -1));
    }

    static ReceivedEvent.PublishResult decodePublishResult(JsonFields fields) {
        return new ReceivedEvent.PublishResult(
                fields.flag("ok", false),
                fields.natural("seq", 0),
                fields.flag("duplicate", false),
                fields.text("code", MAX_SMALL_TEXT, ""),
                fields.text("message", MAX_TEXT, ""));
    }

    private static TickerData decodeTicker(JsonFields fields) {
        return new TickerData(
                fields.text("symbol", MAX_SMALL_TEXT),
                fields.natural("seq"),
                fields.natural("time"),
                fields.decimal("last"),
                fields.decimal("lastQty"),
                fields.decimal("open"),
                fields.decimal("high"),
                fields.decimal("low"),
                fields.decimal("change"),
                fields.decimal("changePercent"),
                fields.decimal("vwap"),
                fields.decimal("volume"),
                fields.decimal("quoteVolume"),
                fields.natural("count"),
                fields.number("openTime", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.number("closeTime", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.optionalDecimal("bid"),
                fields.optionalDecimal("bidQty"),
                fields.optionalDecimal("ask"),
                fields.optionalDecimal("askQty"));
    }

    private static KlineData decodeKline(JsonFields fields) {
        return new KlineData(
                fields.text("symbol", MAX_SMALL_TEXT),
                fields.text("interval", MAX_SMALL_TEXT),
                fields.number("openTime", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.number("closeTime", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.decimal("open"),
                fields.decimal("high"),
                fields.decimal("low"),
                fields.decimal("close"),
                fields.decimal("volume"),
                fields.decimal("quoteVolume"),
                fields.decimal("takerBuyVolume"),
                fields.decimal("takerBuyQuoteVolume"),
                fields.natural("count"),
                fields.natural("firstSeq"),
                fields.natural("seq"),
                fields.flag("closed", false),
                fields.text("cause", MAX_SMALL_TEXT, ""));
    }

    private static TradeData decodeTrade(JsonFields fields) {
        String side = fields.text("takerSide", MAX_SMALL_TEXT, "");
        return new TradeData(
                fields.natural("seq"),
                fields.text("id", MAX_SMALL_TEXT),
                fields.decimal("price"),
                fields.decimal("qty"),
                fields.decimal("quoteQty"),
                "buy".equals(side) ? Side.BUY : "sell".equals(side) ? Side.SELL : Side.UNKNOWN,
                fields.natural("time"));
    }

    private static InstrumentData decodeInstrument(JsonFields fields) {
        return new InstrumentData(
                fields.text("symbol", MAX_SMALL_TEXT),
                fields.text("baseAsset", MAX_SMALL_TEXT),
                fields.text("quoteAsset", MAX_SMALL_TEXT),
                (int) fields.number("priceScale", 0, 1_000),
                (int) fields.number("quantityScale", 0, 1_000),
                fields.decimal("tickSize"),
                fields.decimal("stepSize"),
                fields.text("status", MAX_SMALL_TEXT, ""));
    }
}
