package io.agx.market.server.api;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Rate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The schemas that only REST has: PROTOCOL.md, section 12. Pure functions. */
final class RestSchemas {
    private RestSchemas() {}

    /** Each by its name among the components. */
    static Map<String, Schema> all() {
        Map<String, Schema> all = new LinkedHashMap<>();
        all.put("Problem", problem());
        all.put("NewInstrument", newInstrument());
        all.put("PublishAnswer", publishAnswer());
        all.put(
                "QuotesAnswer",
                Schema.object("What became of the quotes.")
                        .has("results", Schema.array("One for each, in order.", Schema.ref("PublishResult")))
                        .has("accepted", Schema.integer("How many were taken.", 0))
                        .has("rejected", Schema.integer("How many were not.", 0)));
        messages(all);
        admin(all);
        return all;
    }

    private static Schema problem() {
        return Schema.object("Why a request was refused: RFC 9457.")
                .has("type", Schema.constant("about:blank"))
                .has("title", Schema.text("What `code` means."))
                .has("status", Schema.integer("The status of the answer.", 400, 599))
                .has("code", Schema.ref("ErrorCode"))
                .mayHave("field", Schema.text("The field, parameter or header at fault."))
                .has("detail", Schema.text("For people; may change: names field, limit and value."))
                .has("temporary", Schema.flag("Whether the same request may succeed later."));
    }

    private static Schema newInstrument() {
        return Schema.object("An instrument to define. Its scales are for ever.")
                .has("symbol", Schema.ref("Symbol"))
                .has("baseAsset", PayloadSchemas.asset("What quantities are counted in."))
                .has("quoteAsset", PayloadSchemas.asset("What prices are counted in."))
                .has("priceScale", Schema.integer("Decimals of a price.", 0, Instrument.MAX_SCALE))
                .has("quantityScale", Schema.integer("Decimals of a quantity.", 0, Instrument.MAX_SCALE))
                .mayHave("tickSize", Schema.text("Prices are multiples of it; by default the last decimal."))
                .mayHave("stepSize", Schema.text("Quantities are multiples of it; by default the last decimal."));
    }

    private static Schema publishAnswer() {
        return Schema.object("What became of the trades: `results`, or of more than an array may have `rejections`.")
                .mayHave("results", Schema.array("One for each trade, in order.", Schema.ref("PublishResult")))
                .has("accepted", Schema.integer("How many are durable now.", 0))
                .has("duplicates", Schema.integer("How many were there already.", 0))
                .has("rejected", Schema.integer("How many were not taken.", 0))
                .mayHave(
                        "rejections",
                        Schema.array(
                                "The first of them.",
                                Schema.object("A line that was not taken.")
                                        .has("line", Schema.integer("Its number, the first is 1.", 1))
                                        .has("code", Schema.ref("RejectionCode"))
                                        .has("message", Schema.text("For people; may change.")),
                                0,
                                100));
    }

    private static void messages(Map<String, Schema> all) {
        all.put("NewMessage", newMessage(Schema.object("A message to a user.")));
        all.put(
                "AddressedMessage",
                newMessage(Schema.object("A message, and to whom.")
                        .has("userId", Schema.text("Whose inbox.", 1, UserMessage.MAX_USER_ID))));
        all.put(
                "NewBroadcast",
                newMessage(Schema.object("A notice to all."))
                        .mayHave(
                                "store",
                                Schema.flag("Whether it is also a message to every known user.")
                                        .otherwise(false)));
        all.put(
                "MessageAnswer",
                Schema.object("A message that is durable.")
                        .has("id", Schema.text("Its name."))
                        .has("seq", Schema.ref("Seq"))
                        .has("duplicate", Schema.flag("Whether the user had one of this idempotency key.")));
        all.put(
                "MessagesAnswer",
                Schema.object("What became of the messages.")
                        .has(
                                "results",
                                Schema.array(
                                        "One for each, in order.",
                                        Schema.exactlyOne(
                                                "A result.",
                                                Schema.object("Durable.")
                                                        .has("ok", Schema.constant(true))
                                                        .has("id", Schema.text("Its name."))
                                                        .has("seq", Schema.ref("Seq"))
                                                        .mayHave("duplicate", Schema.constant(true)),
                                                Schema.object("Refused.")
                                                        .has("ok", Schema.constant(false))
                                                        .has("code", Schema.ref("ErrorCode"))
                                                        .has("message", Schema.text("For people; may change.")))))
                        .has("kept", Schema.integer("How many are new.", 0))
                        .has("duplicates", Schema.integer("How many were there already.", 0))
                        .has("refused", Schema.integer("How many were refused.", 0)));
        all.put(
                "BroadcastAnswer",
                Schema.object("How many users have it as a message.")
                        .has("stored", Schema.integer("Anew.", 0))
                        .has("duplicates", Schema.integer("Already.", 0)));
        all.put(
                "MessagePage",
                Schema.object("A part of the user's inbox.")
                        .has("seq", Schema.integer("`seq` of the newest message there is; 0 of none.", 0))
                        .has("unread", Schema.integer("How many are unread.", 0))
                        .has("messages", Schema.array("Rising.", Schema.ref("StoredMessage"))));
        all.put(
                "ReadMarks",
                Schema.object("Which: `ids`, or `toSeq`, or `all`; or `ids` beside one of these.")
                        .mayHave(
                                "ids",
                                Schema.array("Messages.", Schema.ref("RequestId"), 0, ClientCommand.MAX_ELEMENTS))
                        .mayHave("toSeq", Schema.integer("All up to this `seq`.", 0))
                        .mayHave("all", Schema.flag("All there are.").otherwise(false)));
        all.put(
                "UnreadAnswer",
                Schema.object("What is left.").has("unread", Schema.integer("How many are unread.", 0)));
    }

    private static Schema newMessage(Schema schema) {
        return schema.mayHave(
                        "type", Schema.pattern("What it is about.", "[a-z0-9_.-]{1," + UserMessage.MAX_TYPE + "}"))
                .has("title", Schema.text("One line.", 1, UserMessage.MAX_TITLE))
                .mayHave("content", Schema.text("The text.", 0, UserMessage.MAX_CONTENT))
                .mayHave(
                        "data",
                        Schema.anything("Any JSON value, at most " + UserMessage.MAX_DATA_BYTES + " bytes in UTF-8."))
                .mayHave(
                        "sender",
                        Schema.object("Who sends it.")
                                .mayHave(
                                        "nickname",
                                        Schema.text("Shown name.", 1, UserMessage.MAX_SENDER_NAME)
                                                .otherwise(UserMessage.DEFAULT_SENDER))
                                .mayHave(
                                        "avatar",
                                        Schema.text("Address of a picture.", 0, UserMessage.MAX_SENDER_AVATAR)))
                .mayHave(
                        "idempotencyKey",
                        Schema.text("Sent again with the same key it is a duplicate.", 1, UserMessage.MAX_KEY));
    }

    private static void admin(Map<String, Schema> all) {
        all.put(
                "AdminRooms",
                Schema.object("Open rooms, the largest first.")
                        .has("count", Schema.integer("Of all.", 0))
                        .has("rooms", Schema.array("At most `limit`.", adminRoom())));
        all.put(
                "AdminConnections",
                Schema.object("Connections, in the order asked.")
                        .has("count", Schema.integer("Of all.", 0))
                        .has("connections", Schema.array("At most `limit`.", adminConnection())));
        all.put(
                "AdminEnds",
                Schema.object("The last connections that ended.")
                        .has("ends", Schema.array("The newest first.", adminEnd(), 0, 200)));
        all.put(
                "Latency",
                Schema.object("From a durable trade to a reader's socket, milliseconds; null without samples.")
                        .has("p50", Schema.numberOrNull("Half of them."))
                        .has("p99", Schema.numberOrNull("Of 99 in 100."))
                        .has("max", Schema.numberOrNull("The highest."))
                        .has("count", Schema.integer("Samples.", 0)));
        all.put(
                "AdminStats",
                figures(Schema.object("What the gateway does; counts are since the start of the process.")
                                .has("serverTime", Schema.ref("Time")))
                        .has(
                                "history",
                                Schema.array(
                                        "One for each second, rising.",
                                        figures(Schema.object("A second.").has("time", Schema.ref("Time"))),
                                        0,
                                        300)));
        all.put(
                "DrainRequest",
                Schema.object("How to drain; what is left out is the configuration's.")
                        .mayHave("rate", Schema.integer("Connects per second.", 1, 1_000_000))
                        .mayHave("url", Schema.text("ws or wss address of who takes over.", 0, 1_024)));
        all.put(
                "DrainAnswer",
                Schema.object("The drain has begun.")
                        .has("draining", Schema.constant(true))
                        .has("connections", Schema.integer("How many were told.", 0)));
        all.put(
                "ReloadReport",
                Schema.object("What reading the configuration again has changed.")
                        .has("changed", Schema.array("What holds now.", configChange()))
                        .has("needRestart", Schema.array("What holds from the next start on.", configChange())));
        all.put(
                "TracePage",
                Schema.object("A connection's messages.")
                        .has("next", Schema.integer("To be asked for as `after`.", 0))
                        .has("lost", Schema.integer("How many between are gone.", 0))
                        .has(
                                "frames",
                                Schema.array(
                                        "Rising.",
                                        Schema.object("A text message.")
                                                .has("n", Schema.integer("Its number.", 0))
                                                .has("time", Schema.ref("Time"))
                                                .has(
                                                        "direction",
                                                        Schema.oneOf("`in` is from the client.", List.of("in", "out")))
                                                .has("bytes", Schema.integer("Of the whole message.", 0))
                                                .has("text", Schema.text("Its first 1,024 characters.")))));
        all.put("Empty", Schema.object("Nothing to tell."));
    }

    private static Schema configChange() {
        return Schema.object("One key.")
                .has("key", Schema.text("Its name."))
                .has("before", Schema.text("What it was, as in the file; no secret."))
                .has("after", Schema.text("What it is, or would be."));
    }

    private static Schema adminRoom() {
        return Schema.object("A room at one rate with one choice of fields.")
                .has("room", Schema.ref("RoomName"))
                .has(
                        "rate",
                        Schema.oneOf(
                                "How often it is published.",
                                Arrays.stream(Rate.values()).map(Rate::code).toList()))
                .mayHave("fields", Schema.array("Left out where all are sent.", Schema.text("A field's name.")))
                .has("members", Schema.integer("Connections.", 0))
                .has("seq", Schema.ref("Seq"))
                .has("time", Schema.ref("Time"));
    }

    private static Schema adminConnection() {
        return losses(Schema.object("An open connection.")
                        .has("id", Schema.text("Its name, as in `welcome`."))
                        .has("transport", Schema.oneOf("How it is written to.", List.of("fast", "portable")))
                        .has("compressed", Schema.flag("Whether permessage-deflate was agreed on."))
                        .has("address", Schema.text("The peer's IP address; empty where it is not known."))
                        .has("userId", Schema.textOrNull("Null without a valid token."))
                        .has("openedTime", Schema.ref("Time"))
                        .has("rooms", Schema.integer("It is in.", 0))
                        .has("waitingMessages", Schema.integer("Behind the write under way.", 0))
                        .has("waitingBytes", Schema.integer("Of these.", 0)))
                .has("rttMillis", Schema.numberOrNull("What the newest ping took; null until one was answered."))
                .has("writing", Schema.flag("Whether a write is under way."));
    }

    private static Schema adminEnd() {
        return losses(Schema.object("A connection that ended.")
                .has("id", Schema.text("Its name."))
                .has("userId", Schema.textOrNull("Null without a valid token."))
                .has("address", Schema.text("The peer's IP address; empty where it is not known."))
                .has("openedTime", Schema.ref("Time"))
                .has("endedTime", Schema.ref("Time"))
                .has("code", Schema.integer("The close code; 1005 and 1006 of peers that said nothing.", 1_000, 4_999))
                .has("reason", Schema.text("What was told."))
                .has("by", Schema.oneOf("Who ended it.", List.of("server", "peer"))));
    }

    private static Schema losses(Schema schema) {
        return schema.has("conflated", Schema.integer("Messages that a newer value replaced.", 0))
                .has("dropped", Schema.integer("Messages that became a gap.", 0))
                .has("messages", Schema.integer("Sent.", 0))
                .has("bytes", Schema.integer("Sent.", 0));
    }

    private static Schema figures(Schema schema) {
        return losses(schema.has("uptimeMillis", Schema.integer("Since the start.", 0))
                        .has("tradesAccepted", Schema.integer("Trades taken.", 0))
                        .has("duplicates", Schema.integer("Trades that were there already.", 0))
                        .has("rejected", Schema.integer("Trades that were not taken.", 0)))
                .has("writes", Schema.integer("To sockets.", 0))
                .has("connections", Schema.integer("Open now.", 0))
                .has("rooms", Schema.integer("Open now.", 0))
                .has("journalQueuedTrades", Schema.integer("Taken on, not durable yet.", 0))
                .has("engineQueuedBatches", Schema.integer("Durable, not applied yet.", 0))
                .has("storeLagBytes", Schema.integer("Of the log, not in the database yet.", 0))
                .has("heapUsedBytes", Schema.integer("Of the heap.", 0))
                .has("heapMaxBytes", Schema.integer("The most it may have.", 0))
                .has("cpuNanos", Schema.integer("Of the process.", 0))
                .has("latency", Schema.ref("Latency"));
    }
}
