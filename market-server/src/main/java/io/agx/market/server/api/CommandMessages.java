package io.agx.market.server.api;

import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TradesQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What clients send: PROTOCOL.md, section 5. Pure functions. */
final class CommandMessages {
    private CommandMessages() {}

    /** A command, and the keys of the events that answer it. */
    record Command(WireMessage message, List<String> replies) {}

    /** The schemas that only commands have. */
    static Map<String, Schema> schemas() {
        return Map.of(
                "RoomRequest",
                Schema.anyOf(
                        "A room to join or leave: its name, or the name with what is wanted of it.",
                        Schema.ref("RoomName"),
                        Schema.object("A room with a cursor, fields, or a length of history.")
                                .has("room", Schema.ref("RoomName"))
                                .mayHave(
                                        "fields",
                                        Schema.array(
                                                "Names of fields, in place of `~` in the room's name.",
                                                Schema.text("A field's name."),
                                                1,
                                                32))
                                .mayHave(
                                        "since",
                                        Schema.object("What the client already has.")
                                                .has("epoch", Schema.ref("Epoch"))
                                                .has("seq", Schema.ref("Seq")))
                                .mayHave(
                                        "snapshot",
                                        Schema.integer(
                                                "Elements of history wanted; by default 1 of tickers and klines, else 0.",
                                                0,
                                                RoomRequest.MAX_SNAPSHOT))));
    }

    static List<Command> all() {
        List<Command> all = new ArrayList<>();
        add(all, ClientCommand.Subscribe.class, "subscribe", "Joins rooms", required(rooms()), "subscribed");
        add(all, ClientCommand.Unsubscribe.class, "unsubscribe", "Leaves rooms", required(rooms()), "unsubscribed");
        add(all, ClientCommand.Rooms.class, "rooms", "Asks for the connection's rooms", NONE, "rooms");
        add(
                all,
                ClientCommand.TickerQuery.class,
                "ticker",
                "Asks for one ticker, or for all",
                optional(Schema.object("Without a symbol: all.").mayHave("symbol", Schema.ref("Symbol"))),
                "ticker-reply",
                "tickers");
        add(all, ClientCommand.Klines.class, "klines", "Asks for candles", required(klines()), "klines");
        add(all, ClientCommand.Trades.class, "trades", "Asks for trades", required(trades()), "trades");
        add(all, ClientCommand.Instruments.class, "instruments", "Asks for all instruments", NONE, "instruments");
        add(
                all,
                ClientCommand.Auth.class,
                "auth",
                "Shows a token, or renews it",
                required(Schema.object("Who it is.")
                        .has("token", Schema.text("A signed JSON Web Token.", 1, ClientCommand.Auth.MAX_TOKEN_LENGTH))),
                "auth");
        add(
                all,
                ClientCommand.GetUnreadMessage.class,
                "get_unread_message",
                "Asks for unread messages, now and whenever they change",
                NONE,
                "ev_new_message");
        add(
                all,
                ClientCommand.ReadMessage.class,
                "read_message",
                "Marks messages as read",
                required(Schema.object("Which: `ids`, or `toSeq`, or `all`; or `ids` beside one of these.")
                        .mayHave(
                                "ids",
                                Schema.array("Messages.", Schema.ref("RequestId"), 0, ClientCommand.MAX_ELEMENTS))
                        .mayHave("toSeq", Schema.integer("All up to this `seq`.", 0))
                        .mayHave("all", Schema.flag("All there are.").otherwise(false))),
                "ev_read_status");
        add(
                all,
                ClientCommand.Publish.class,
                "publish",
                "Publishes trades, or quotes",
                required(publish()),
                "published");
        add(
                all,
                ClientCommand.Replay.class,
                "replay",
                "Plays the past",
                required(replay()),
                "replaying",
                "ticker",
                "kline",
                "trade",
                "replayed");
        add(all, ClientCommand.StopReplay.class, "stop_replay", "Ends the replay", NONE, "replay_stopped");
        add(
                all,
                ClientCommand.Ping.class,
                "ping",
                "Measures the way there and back",
                optional(Schema.object("The client's clock, and what it has seen.")
                        .mayHave("clientTime", Schema.integer("Told back as it is."))
                        .mayHave(
                                "roundTripMicros",
                                Schema.integer(
                                        "What its newest answered ping took.", 0, ClientCommand.Ping.MAX_TOLD_MICROS))
                        .mayHave(
                                "latencyMicros",
                                Schema.integer(
                                        "How late a live message came.", 0, ClientCommand.Ping.MAX_TOLD_MICROS))),
                "pong");
        return all;
    }

    /** How a command's {@code data} goes into its envelope. */
    private interface Data {
        Schema into(Schema envelope);
    }

    private static final Data NONE = envelope -> envelope;

    private static Data required(Schema data) {
        return envelope -> envelope.has("data", data);
    }

    private static Data optional(Schema data) {
        return envelope -> envelope.mayHave("data", data);
    }

    private static void add(
            List<Command> all, Class<?> type, String event, String title, Data data, String... replies) {
        Schema payload = data.into(
                Schema.object(title + ".").has("event", Schema.constant(event)).mayHave("id", Schema.ref("RequestId")));
        List<String> keys = new ArrayList<>();
        for (String reply : replies) {
            keys.add(WireMessage.EVENT + reply);
        }
        keys.add(WireMessage.EVENT + "error");
        all.add(new Command(new WireMessage(WireMessage.COMMAND + event, type, event, title, payload), keys));
    }

    private static Schema rooms() {
        return Schema.object("Which rooms.")
                .has(
                        "rooms",
                        Schema.array(
                                "Answered each, in order.", Schema.ref("RoomRequest"), 1, ClientCommand.MAX_ELEMENTS));
    }

    private static Schema klines() {
        return Schema.object("Which candles: those whose `openTime` is in [startTime, endTime], rising.")
                .has("symbol", Schema.ref("Symbol"))
                .has("interval", Schema.ref("Interval"))
                .mayHave("startTime", Schema.ref("Time"))
                .mayHave("endTime", Schema.ref("Time"))
                .mayHave(
                        "limit",
                        Schema.integer(
                                        "Most candles: the first from `startTime`, else the last.",
                                        1,
                                        KlinesQuery.MAX_LIMIT)
                                .otherwise(KlinesQuery.DEFAULT_LIMIT))
                .mayHave("utcOffset", Schema.ref("UtcOffset"))
                .mayHave(
                        "fill",
                        Schema.flag("Whether flat candles are among them.").otherwise(true));
    }

    private static Schema trades() {
        return Schema.object("Which trades, rising by `seq`.")
                .has("symbol", Schema.ref("Symbol"))
                .mayHave("fromSeq", Schema.integer("The first wanted.", 1))
                .mayHave("startTime", Schema.ref("Time"))
                .mayHave("endTime", Schema.ref("Time"))
                .mayHave(
                        "limit",
                        Schema.integer("Most trades: the first from a start, else the last.", 1, TradesQuery.MAX_LIMIT)
                                .otherwise(TradesQuery.DEFAULT_LIMIT));
    }

    private static Schema publish() {
        return Schema.exactlyOne(
                "Trades or quotes.",
                published(
                        Schema.object("Trades: answered once they are durable."),
                        ClientCommand.Published.TRADES,
                        "OfferedTrade"),
                published(Schema.object("Quotes: answered at once."), ClientCommand.Published.QUOTES, "OfferedQuote"));
    }

    private static Schema published(Schema data, ClientCommand.Published what, String element) {
        return data.has(
                        what.field(),
                        Schema.array(
                                "Judged one by one, answered in order.",
                                Schema.ref(element),
                                1,
                                ClientCommand.MAX_ELEMENTS))
                .mayHave(
                        "atomic",
                        Schema.flag("Whether one bad element refuses all.").otherwise(false));
    }

    private static Schema replay() {
        return Schema.object("What to play.")
                .has("symbol", Schema.ref("Symbol"))
                .has(
                        "fromTime",
                        Schema.integer("Inclusive, epoch milliseconds.", Trade.MIN_TIME_MILLIS, Trade.MAX_TIME_MILLIS))
                .has(
                        "toTime",
                        Schema.integer("Exclusive, not after now.", Trade.MIN_TIME_MILLIS, Trade.MAX_TIME_MILLIS))
                .mayHave(
                        "speed",
                        Schema.integer("Times real time.", 1, ClientCommand.Replay.MAX_SPEED)
                                .otherwise(1))
                .has(
                        "rooms",
                        Schema.array("Rooms of the symbol.", Schema.ref("RoomRequest"), 1, ClientCommand.MAX_ELEMENTS));
    }
}
