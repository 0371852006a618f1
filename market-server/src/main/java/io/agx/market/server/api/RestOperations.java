package io.agx.market.server.api;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.inbox.InboxLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be asked of REST: PROTOCOL.md, section 12. Pure functions. */
final class RestOperations {
    /** Who may write where no key is configured. */
    private static final String WRITES =
            " Without a token only programs of the server's own machine may, and only where no key is configured.";

    private static final String TEXT = "text/plain";
    private static final String API = "/api/v1";
    private static final String ADMIN = API + "/admin";

    private final RestLimits limits;
    // Path, then method in lower case.
    private final Map<String, Map<String, Operation>> paths = new LinkedHashMap<>();

    private RestOperations(RestLimits limits) {
        this.limits = limits;
    }

    /** By path, and then by method in lower case. */
    static Map<String, Map<String, Operation>> all(RestLimits limits) {
        RestOperations operations = new RestOperations(limits);
        operations.market();
        operations.publishing();
        operations.messages();
        operations.operators();
        operations.server();
        return operations.paths;
    }

    private Operation get(String path, String tag, String id, String summary, String description) {
        return add("get", path, new Operation(tag, id, summary, description));
    }

    private Operation post(String path, String tag, String id, String summary, String description) {
        return add("post", path, new Operation(tag, id, summary, description));
    }

    private Operation add(String method, String path, Operation operation) {
        paths.computeIfAbsent(path, key -> new LinkedHashMap<>()).put(method, operation);
        return operation;
    }

    private void market() {
        String tag = "market";
        get(
                        API + "/instruments",
                        tag,
                        "getInstruments",
                        "All instruments",
                        "Definitions, with the units of prices and quantities.")
                .open()
                .tagged("All of them.", Schema.array("All.", Schema.ref("Instrument")))
                .problems(401);
        post(
                        API + "/instruments",
                        tag,
                        "defineInstrument",
                        "Defines an instrument",
                        "Answered when durable. A body has at most " + limits.bodyBytes()
                                + " bytes, as all have of which nothing else is said." + WRITES)
                .needs(Scope.ADMIN)
                .body(Schema.ref("NewInstrument"))
                .answer(201, "It is defined.", Schema.ref("Instrument"))
                .problems(400, 401, 403, 409, 413, 503, 507);
        get(API + "/tickers", tag, "getTickers", "All tickers", "Of all instruments that have traded.")
                .open()
                .tagged("All of them.", Schema.array("All.", Schema.ref("Ticker")))
                .problems(401);
        get(API + "/tickers/{symbol}", tag, "getTicker", "One ticker", "The rolling 24 hours of an instrument.")
                .path("symbol", "The instrument.", Schema.ref("Symbol"))
                .open()
                .tagged("The ticker.", Schema.ref("Ticker"))
                .problems(400, 401, 404);
        get(
                        API + "/klines",
                        tag,
                        "getKlines",
                        "Candles",
                        "Those whose `openTime` is in [startTime, endTime], rising: with a start the first `limit` from there, without one the last"
                                + " `limit` up to the end.")
                .query("symbol", true, "The instrument.", Schema.ref("Symbol"))
                .query("interval", true, "The interval.", Schema.ref("Interval"))
                .query("startTime", false, "Inclusive.", time())
                .query("endTime", false, "Inclusive.", time())
                .query(
                        "limit",
                        false,
                        "Most candles.",
                        Schema.integer("Elements.", 1, KlinesQuery.MAX_LIMIT).otherwise(KlinesQuery.DEFAULT_LIMIT))
                .query("utcOffset", false, "Where days begin; `+` as %2B.", Schema.ref("UtcOffset"))
                .query(
                        "fill",
                        false,
                        "Whether flat candles are among them.",
                        Schema.flag("Truth.").otherwise(true))
                .open()
                .tagged("Candles, rising.", Schema.array("Rising.", Schema.ref("Kline")))
                .problems(400, 401, 404, 503);
        get(
                        API + "/trades",
                        tag,
                        "getTrades",
                        "Trades",
                        "Rising by `seq`: with `fromSeq` or `startTime` the first `limit` from there, without one the last `limit`.")
                .query("symbol", true, "The instrument.", Schema.ref("Symbol"))
                .query("fromSeq", false, "The first wanted.", Schema.integer("A `seq`.", 1))
                .query("startTime", false, "Inclusive.", time())
                .query("endTime", false, "Inclusive.", time())
                .query(
                        "limit",
                        false,
                        "Most trades.",
                        Schema.integer("Elements.", 1, TradesQuery.MAX_LIMIT).otherwise(TradesQuery.DEFAULT_LIMIT))
                .open()
                .tagged("Trades, rising.", Schema.array("Rising.", Schema.ref("Trade")))
                .problems(400, 401, 404, 503);
    }

    private static Schema time() {
        return Schema.integer("Epoch milliseconds, UTC.", Trade.MIN_TIME_MILLIS, Trade.MAX_TIME_MILLIS);
    }

    private void publishing() {
        String tag = "publish";
        post(
                        API + "/trades",
                        tag,
                        "publishTrades",
                        "Publishes trades",
                        "Answered when all that was accepted is durable; idempotent by symbol and id. An array has at most "
                                + limits.trades()
                                + " trades and " + limits.tradesBytes()
                                + " bytes; lines, published while they come, at most "
                                + limits.streamedTrades() + " trades and " + limits.streamedBytes()
                                + " bytes. `Content-Encoding: gzip` is taken." + WRITES)
                .needs(Scope.PUBLISH)
                .query("atomic", false, "All or none.", Schema.flag("Truth.").otherwise(false))
                .query(
                        "backfill",
                        false,
                        "Whether the trades are history, whose time must be told.",
                        Schema.flag("Truth.").otherwise(false))
                .body(
                        "application/json",
                        true,
                        Schema.array("Judged one by one.", Schema.ref("OfferedTrade"), 0, limits.trades()))
                .body("application/x-ndjson", true, Schema.text("One `OfferedTrade` a line."))
                .answer(200, "A result for each.", Schema.ref("PublishAnswer"))
                .answer(422, "`atomic`, and one was not valid: none was kept.", Schema.ref("PublishAnswer"))
                .problems(400, 401, 403, 408, 413, 415, 503, 507);
        post(
                        API + "/quotes",
                        tag,
                        "publishQuotes",
                        "Publishes quotes",
                        "At most " + limits.quotes() + " and " + limits.quotesBytes()
                                + " bytes. They are in memory only, and answered at once." + WRITES)
                .needs(Scope.PUBLISH)
                .query("atomic", false, "All or none.", Schema.flag("Truth.").otherwise(false))
                .body(Schema.array("Judged one by one.", Schema.ref("OfferedQuote"), 0, limits.quotes()))
                .answer(200, "A result for each.", Schema.ref("QuotesAnswer"))
                .answer(422, "`atomic`, and one was not valid: none was kept.", Schema.ref("QuotesAnswer"))
                .problems(400, 401, 403, 408, 413, 415, 503);
    }

    private void messages() {
        String tag = "messages";
        String key = "Sent again with the same key it is a duplicate; the same as `idempotencyKey`.";
        Schema keyText = Schema.text("A key.", 1, UserMessage.MAX_KEY);
        post(
                        API + "/users/{id}/notifications",
                        tag,
                        "sendMessage",
                        "Sends a message to a user",
                        "Answered when durable.")
                .path("id", "The user.", Schema.text("A token's `sub`.", 1, UserMessage.MAX_USER_ID))
                .header("Idempotency-Key", key, keyText)
                .needs(Scope.NOTIFY)
                .body(Schema.ref("NewMessage"))
                .answer(201, "It is durable.", Schema.ref("MessageAnswer"))
                .answer(200, "The user had one of that key.", Schema.ref("MessageAnswer"))
                .problems(400, 401, 403, 408, 413, 503, 507);
        post(
                        API + "/notifications",
                        tag,
                        "sendMessages",
                        "Sends messages to users",
                        "At most " + InboxLimits.MAX_BATCH + " and " + limits.messagesBytes()
                                + " bytes; answered when all are durable.")
                .needs(Scope.NOTIFY)
                .body(Schema.array("One for each user.", Schema.ref("AddressedMessage"), 0, InboxLimits.MAX_BATCH))
                .answer(200, "A result for each.", Schema.ref("MessagesAnswer"))
                .problems(400, 401, 403, 408, 413, 503, 507);
        post(
                        API + "/broadcast",
                        tag,
                        "broadcast",
                        "Tells every connection something",
                        "In room `system`; with `store` also a message to every known user.")
                .header("Idempotency-Key", key, keyText)
                .needs(Scope.NOTIFY)
                .body(Schema.ref("NewBroadcast"))
                .answer(200, "It is told.", Schema.ref("BroadcastAnswer"))
                .problems(400, 401, 403, 408, 413, 503, 507);
        get(
                        API + "/users/me/messages",
                        tag,
                        "getMessages",
                        "The user's messages",
                        "Those of the token's user, rising by `seq`.")
                .ofUser()
                .query(
                        "since",
                        false,
                        "Those after this `seq`.",
                        Schema.integer("A `seq`.", 0).otherwise(0))
                .query(
                        "limit",
                        false,
                        "Most messages.",
                        Schema.integer("Elements.", 1, InboxLimits.MAX_PAGE).otherwise(100))
                .query(
                        "unread",
                        false,
                        "Only those that are unread.",
                        Schema.flag("Truth.").otherwise(false))
                .tagged("A part of them.", Schema.ref("MessagePage"))
                .problems(400, 401, 503);
        post(API + "/users/me/messages/read", tag, "markRead", "Marks messages as read", "Answered when durable.")
                .ofUser()
                .body(Schema.ref("ReadMarks"))
                .answer(200, "What is left.", Schema.ref("UnreadAnswer"))
                .problems(400, 401, 408, 413, 503, 507);
    }

    private void operators() {
        String tag = "operators";
        get(ADMIN + "/rooms", tag, "getRooms", "Open rooms", "The largest first; copied by the thread that owns them.")
                .needs(Scope.ADMIN)
                .query("limit", false, "Most rooms.", rows())
                .answer(200, "Rooms.", Schema.ref("AdminRooms"))
                .problems(400, 401, 403, 503);
        get(ADMIN + "/connections", tag, "getConnections", "Connections", "What waits for them, and what they lost.")
                .needs(Scope.ADMIN)
                .query("limit", false, "Most connections.", rows())
                .query(
                        "sort",
                        false,
                        "By what, the highest first; `opened`: the newest first.",
                        Schema.oneOf("The order.", List.of("waiting", "conflated", "dropped", "opened", "rtt"))
                                .otherwise("waiting"))
                .answer(200, "Connections.", Schema.ref("AdminConnections"))
                .problems(400, 401, 403, 503);
        get(ADMIN + "/ends", tag, "getEnds", "Connections that ended", "The last 200, the newest first.")
                .needs(Scope.ADMIN)
                .answer(200, "Ends.", Schema.ref("AdminEnds"))
                .problems(401, 403, 503);
        get(
                        ADMIN + "/stats",
                        tag,
                        "getStats",
                        "What the gateway does",
                        "Now, and at each second of the last five minutes.")
                .needs(Scope.ADMIN)
                .query("after", false, "Leaves out the history up to here.", time())
                .answer(200, "Figures.", Schema.ref("AdminStats"))
                .problems(400, 401, 403);
        post(
                        ADMIN + "/drain",
                        tag,
                        "drain",
                        "Sends all connections away",
                        "Each is told its own moment to come back. No handshake is taken any more. A second request changes nothing.")
                .needs(Scope.ADMIN)
                .body("application/json", false, Schema.ref("DrainRequest"))
                .answer(200, "It has begun.", Schema.ref("DrainAnswer"))
                .problems(400, 401, 403, 408, 413, 503);
        post(
                        ADMIN + "/reload",
                        tag,
                        "reload",
                        "Reads the configuration again",
                        "No connection is dropped. With a mistake nothing has changed, and the message names it.")
                .needs(Scope.ADMIN)
                .answer(200, "What has changed.", Schema.ref("ReloadReport"))
                .problems(400, 401, 403, 503);
        String trace = ADMIN + "/connections/{id}/trace";
        Schema connection = Schema.text("As in `welcome`.");
        get(trace, tag, "getTrace", "A connection's messages", "Those above `after`; 1,000 are kept.")
                .needs(Scope.ADMIN)
                .path("id", "The connection.", connection)
                .query(
                        "after",
                        false,
                        "The `next` of the answer before.",
                        Schema.integer("A number.", 0).otherwise(0))
                .answer(200, "Messages.", Schema.ref("TracePage"))
                .problems(400, 401, 403, 404, 503);
        post(
                        trace,
                        tag,
                        "startTrace",
                        "Begins to keep a connection's messages",
                        "In place of the one that the same user traced before.")
                .needs(Scope.ADMIN)
                .path("id", "The connection.", connection)
                .answer(200, "It is traced.", Schema.ref("Empty"))
                .problems(401, 403, 404, 409, 429, 503);
        add("delete", trace, new Operation(tag, "stopTrace", "Ends a trace", "What was kept is gone."))
                .needs(Scope.ADMIN)
                .path("id", "The connection.", connection)
                .answer(200, "It is not traced.", Schema.ref("Empty"))
                .problems(401, 403, 404, 503);
    }

    private Schema rows() {
        return Schema.integer("Elements.", 1, limits.adminRows()).otherwise(100);
    }

    private void server() {
        String tag = "server";
        get(API + "/openapi.json", tag, "getOpenApi", "This document", "OpenAPI 3.1.")
                .open()
                .tagged("The document.", Schema.object("OpenAPI."))
                .problems(401);
        get(API + "/asyncapi.json", tag, "getAsyncApi", "The WebSocket's document", "AsyncAPI 3.0.")
                .open()
                .tagged("The document.", Schema.object("AsyncAPI."))
                .problems(401);
        String port = " May be on a port of its own.";
        get("/health/live", tag, "isLive", "Whether the process answers", "It does." + port)
                .free()
                .answer(200, "It does.", TEXT, Schema.text("`live`"));
        get("/health/ready", tag, "isReady", "Whether it takes trades and serves", "For load balancers." + port)
                .free()
                .answer(200, "It does.", health(part()))
                .answer(
                        503,
                        "It does not, or a part is not well.",
                        health(part().mayHave("reason", Schema.text("Why it is not."))));
        get("/metrics", tag, "getMetrics", "Metrics", "In Prometheus' text format." + port)
                .free()
                .answer(200, "Metrics.", TEXT, Schema.text("Prometheus' text format, version 0.0.4."));
    }

    private static Schema health(Schema part) {
        return Schema.object("What the server's parts say.")
                .has("status", Schema.oneOf("Of all.", List.of("ready", "degraded", "not_ready")))
                .has("parts", Schema.array("Of each.", part));
    }

    private static Schema part() {
        return Schema.object("A part.")
                .has("name", Schema.text("`server`, `log`, `engine` or `store`."))
                .has("ok", Schema.flag("Whether it is well."))
                .has("since", Schema.text("Since when it is or is not, ISO 8601."));
    }
}
