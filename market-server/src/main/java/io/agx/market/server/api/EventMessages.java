package io.agx.market.server.api;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomKind;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the server sends: PROTOCOL.md, section 8. Pure functions. */
final class EventMessages {
    private static final String OF_RECOVERY =
            "Whether the client, with the snapshot, has missed nothing since its cursor.";

    private EventMessages() {}

    /** The schemas that only events have. */
    static Map<String, Schema> schemas() {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        schemas.put(
                "Refusal",
                Schema.object("A room that was refused.")
                        .has("room", Schema.text("As the client wrote it."))
                        .has("ok", Schema.constant(false))
                        .has("code", Schema.ref("ErrorCode"))
                        .has("message", Schema.text("For people; may change.")));
        schemas.put(
                "RoomPosition",
                Schema.object(
                                "How far a room has come: all trades up to `seq` were sent, and it is complete up to `time`.")
                        .has("room", Schema.ref("RoomName"))
                        .has("seq", Schema.ref("Seq"))
                        .has("time", Schema.ref("Time")));
        schemas.put(
                "Snapshot",
                Schema.anyOf(
                        "A room's state: one ticker, or an array of tickers (of a pattern), candles, trades or messages, rising.",
                        Schema.ref("TickerSelection"),
                        Schema.array("Tickers.", Schema.ref("TickerSelection")),
                        Schema.array("Candles.", Schema.ref("KlineSelection")),
                        Schema.array("Trades.", Schema.ref("TradeSelection")),
                        Schema.array("Messages.", Schema.ref("StoredMessage"))));
        schemas.put(
                "PublishResult",
                Schema.exactlyOne(
                        "What became of one published trade or quote.",
                        Schema.object("Taken; of a quote without `seq`.")
                                .has("ok", Schema.constant(true))
                                .mayHave("seq", Schema.ref("Seq"))
                                .mayHave("duplicate", Schema.constant(true)),
                        Schema.ref("Rejection")));
        schemas.put(
                "Rejection",
                Schema.object("A trade or quote that was not taken.")
                        .has("ok", Schema.constant(false))
                        .has("code", Schema.ref("RejectionCode"))
                        .has("message", Schema.text("For people; may change.")));
        return schemas;
    }

    static List<WireMessage> all() {
        List<WireMessage> all = new ArrayList<>();
        all.add(welcome());
        roomReplies(all);
        live(all);
        replies(all);
        all.add(of(
                "gap",
                ServerEvent.Gap.class,
                "A log room lost messages for this connection",
                event("gap")
                        .has("room", Schema.ref("RoomName"))
                        .has(
                                "data",
                                Schema.object("Which.")
                                        .has("fromSeq", Schema.ref("Seq"))
                                        .has("toSeq", Schema.ref("Seq"))
                                        .has("rest", Schema.text("The address that fills it.")))));
        all.add(of(
                "heartbeat",
                ServerEvent.Heartbeat.class,
                "Proof of life, with a watermark per room",
                event("heartbeat")
                        .has("serverTime", Schema.ref("Time"))
                        .has("data", Schema.array("One for each room.", Schema.ref("RoomPosition")))));
        others(all);
        publishing(all);
        inbox(all);
        return all;
    }

    private static WireMessage welcome() {
        return of(
                "welcome",
                ServerEvent.Welcome.class,
                "The first event of every connection",
                event("welcome")
                        .has(
                                "data",
                                Schema.object("What the server is.")
                                        .has("connectionId", Schema.text("This connection's name."))
                                        .has("protocol", Schema.constant(ServerEvent.PROTOCOL))
                                        .has("serverTime", Schema.ref("Time"))
                                        .has("epoch", Schema.ref("Epoch"))
                                        .has("node", Schema.text("The server's name."))
                                        .has(
                                                "limits",
                                                Schema.map(
                                                        "Each limit that holds for the client by its name: PROTOCOL.md, section 3.",
                                                        Schema.integer("In the unit that its name says.", 0)))
                                        .has("heartbeatMillis", Schema.integer("Time between two heartbeats.", 1))
                                        .has("transport", Schema.text("How the server writes."))));
    }

    private static void roomReplies(List<WireMessage> all) {
        all.add(of(
                "subscribed",
                ServerEvent.Subscribed.class,
                "Reply to `subscribe`",
                reply("subscribed")
                        .has(
                                "data",
                                perRoom(Schema.object("Joined; live messages go on after `seq`.")
                                        .has("room", Schema.ref("RoomName"))
                                        .has("ok", Schema.constant(true))
                                        .has("seq", Schema.ref("Seq"))
                                        .has("recovered", Schema.flag(OF_RECOVERY))
                                        .mayHave("snapshot", Schema.ref("Snapshot"))))));
        all.add(of(
                "unsubscribed",
                ServerEvent.Unsubscribed.class,
                "Reply to `unsubscribe`",
                reply("unsubscribed")
                        .has(
                                "data",
                                perRoom(Schema.object("Left; `seq` is the last that was published to it.")
                                        .has("room", Schema.ref("RoomName"))
                                        .has("ok", Schema.constant(true))
                                        .has("seq", Schema.ref("Seq"))))));
        all.add(of(
                "rooms",
                ServerEvent.RoomsReply.class,
                "Reply to `rooms`",
                reply("rooms").has("data", Schema.array("The connection's rooms.", Schema.ref("RoomPosition")))));
        all.add(of(
                "replaying",
                ServerEvent.Replaying.class,
                "First reply to `replay`",
                reply("replaying")
                        .has(
                                "data",
                                perRoom(Schema.object("Is played.")
                                        .has("room", Schema.ref("RoomName"))
                                        .has("ok", Schema.constant(true))))));
    }

    private static Schema perRoom(Schema good) {
        return Schema.array(
                "One for each room asked, in order.",
                Schema.exactlyOne("A room's answer.", good, Schema.ref("Refusal")));
    }

    private static void live(List<WireMessage> all) {
        all.add(live(
                RoomChannel.TICKER,
                Schema.anyOf(
                        "The ticker; in a room of several instruments those that changed, and `seq` of the envelope is 0.",
                        Schema.ref("TickerSelection"),
                        Schema.array("Tickers that changed.", Schema.ref("TickerSelection")))));
        all.add(live(RoomChannel.KLINE, Schema.ref("KlineSelection")));
        all.add(live(
                RoomChannel.TRADE,
                Schema.array(
                        "All trades of one flush, rising; `seq` of the envelope is the last's.",
                        Schema.ref("TradeSelection"))));
    }

    private static WireMessage live(RoomChannel channel, Schema data) {
        Schema payload = reply(channel.code())
                .has("room", Schema.ref("RoomName"))
                .has("seq", Schema.ref("Seq"))
                // The codec can leave it out; the server does not.
                .mayHave("serverTime", Schema.ref("Time"))
                .has("data", data);
        if (channel.kind() != RoomKind.LOG) {
            payload.mayHave(
                    "skipped", Schema.integer("How many messages were merged into this one for this connection.", 1));
        }
        return of(
                channel.code(),
                ServerEvent.Push.class,
                "A live " + channel.code() + " message; with an `id`, part of the replay of that `id`",
                payload);
    }

    private static void replies(List<WireMessage> all) {
        all.add(query("ticker-reply", "ticker", "Reply to `ticker` with a symbol", Schema.ref("Ticker")));
        all.add(query(
                "tickers", "tickers", "Reply to `ticker` without one", Schema.array("All.", Schema.ref("Ticker"))));
        all.add(query("klines", "klines", "Reply to `klines`", Schema.array("Rising.", Schema.ref("Kline"))));
        all.add(query("trades", "trades", "Reply to `trades`", Schema.array("Rising.", Schema.ref("Trade"))));
        all.add(query(
                "instruments",
                "instruments",
                "Reply to `instruments`",
                Schema.array("All.", Schema.ref("Instrument"))));
    }

    private static WireMessage query(String key, String event, String title, Schema data) {
        return of(key, ServerEvent.Reply.class, title, reply(event).has("data", data), event);
    }

    private static void others(List<WireMessage> all) {
        all.add(of(
                "replayed",
                ServerEvent.Replayed.class,
                "The end of a replay",
                reply("replayed")
                        .has(
                                "data",
                                Schema.object("What was played.")
                                        .has("symbol", Schema.ref("Symbol"))
                                        .has("fromTime", Schema.ref("Time"))
                                        .has("toTime", Schema.ref("Time"))
                                        .has("trades", Schema.integer("How many.", 0))
                                        .has("lastSeq", Schema.ref("Seq")))));
        all.add(of(
                "replay_stopped", ServerEvent.ReplayStopped.class, "Reply to `stop_replay`", reply("replay_stopped")));
        all.add(of(
                "pong",
                ServerEvent.Pong.class,
                "Reply to `ping`",
                reply("pong")
                        .has(
                                "data",
                                Schema.object("The server's clock.")
                                        .mayHave("clientTime", Schema.integer("As it was sent."))
                                        .has("receiveTime", Schema.ref("Time"))
                                        .has("sendTime", Schema.ref("Time")))));
        all.add(of(
                "error",
                ServerEvent.ErrorEvent.class,
                "A command failed; without `id` also a token",
                reply("error")
                        .has("code", Schema.ref("ErrorCode"))
                        .has("message", Schema.text("For people; may change."))
                        .has("temporary", Schema.flag("Whether the same may succeed later."))
                        .mayHave(
                                "data",
                                Schema.object("More, where there is any.")
                                        .mayHave("field", Schema.text("The field at fault."))
                                        .mayHave(
                                                "retryAfterMillis",
                                                Schema.integer("When it may be tried again.", 1)))));
        all.add(of(
                "auth",
                ServerEvent.Authenticated.class,
                "Whose connection it is from now on",
                reply("auth")
                        .has(
                                "data",
                                Schema.object("The identity.")
                                        .has("userId", Schema.text("The token's `sub`.", 1, UserMessage.MAX_USER_ID))
                                        .has("expiresTime", Schema.integer("The token's `exp`, epoch milliseconds.", 0))
                                        .has("scopes", Schema.array("What it allows.", Schema.ref("Scope"))))));
        all.add(of(
                "system",
                ServerEvent.SystemNotice.class,
                "A notice of the operator's to everyone",
                event("system")
                        .has("room", Schema.constant("system"))
                        .has("serverTime", Schema.ref("Time"))
                        .has("message", Schema.text("What it says."))));
        all.add(of(
                "drain",
                ServerEvent.Drain.class,
                "The server will stop; close code 1001 follows",
                event("drain")
                        .has("room", Schema.constant("system"))
                        .has(
                                "data",
                                Schema.object("When and where to come back.")
                                        .has("reconnectAfterMillis", Schema.integer("This connection's own slot.", 0))
                                        .mayHave("url", Schema.text("Where another node takes over.")))));
    }

    private static void publishing(List<WireMessage> all) {
        all.add(of(
                "published",
                ServerEvent.Published.class,
                "Reply to `publish`, once all that was accepted is durable",
                reply("published")
                        .has(
                                "credit",
                                Schema.integer("How many trades may be published now without another answer.", 0))
                        .has("data", Schema.array("One for each element, in order.", Schema.ref("PublishResult")))));
    }

    private static void inbox(List<WireMessage> all) {
        all.add(of(
                "notification",
                ServerEvent.Notification.class,
                "A message of the user's, live",
                event("notification")
                        .has("room", Schema.constant("inbox"))
                        .has("seq", Schema.ref("Seq"))
                        .has("serverTime", Schema.ref("Time"))
                        .has(
                                "data",
                                PayloadSchemas.message("The message.")
                                        .has("unread", Schema.integer("How many are unread, with this one.", 0)))));
        all.add(of(
                "ev_new_message",
                ServerEvent.NewMessages.class,
                "The user's unread messages, the newest first",
                reply("ev_new_message")
                        .has("message", Schema.constant("success"))
                        .has(
                                "data",
                                Schema.array(
                                        "At most 100.",
                                        Schema.object("A message in the shape of older clients.")
                                                .has("id", Schema.text("Its name."))
                                                .has("title", Schema.text("One line."))
                                                .has("content", Schema.text("The text."))
                                                .has("create_time", Schema.ref("Time"))
                                                .has("send_user", Schema.ref("Sender"))))));
        all.add(of(
                "ev_read_status",
                ServerEvent.ReadStatus.class,
                "What was read, on whichever connection of the user",
                reply("ev_read_status")
                        .has("message", Schema.constant("success"))
                        .has(
                                "data",
                                Schema.object("What was read.")
                                        .has("ids", Schema.array("One by one.", Schema.text("A message's id.")))
                                        .mayHave("toSeq", Schema.integer("All up to here.", 1))
                                        .has("unread", Schema.integer("How many are unread now.", 0)))));
    }

    private static WireMessage of(String event, Class<?> type, String title, Schema payload) {
        return of(event, type, title, payload, event);
    }

    private static WireMessage of(String key, Class<?> type, String title, Schema payload, String event) {
        return new WireMessage(WireMessage.EVENT + key, type, event, title, payload);
    }

    private static Schema event(String name) {
        return Schema.object("An event.").has("event", Schema.constant(name));
    }

    /** An event that may have the {@code id} of a command. */
    private static Schema reply(String name) {
        return event(name).mayHave("id", Schema.ref("RequestId"));
    }
}
