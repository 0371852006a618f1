package io.agx.market.core.protocol.json;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Quote;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.PublishResult;
import io.agx.market.core.protocol.ServerEvent.RoomPosition;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.core.protocol.TradesQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One value for each golden example, by the name of its file. */
final class Samples {
    static final long NOW = 1_763_845_200_123L;
    static final String EPOCH = "0d4c6a52-5b0c-4f0e-9a57-0a6f2f1c9e11";
    static final Symbol BTC = new Symbol("BTC-USDT");
    static final Instrument INSTRUMENT =
            new Instrument(1, BTC, "BTC", "USDT", 2, 8, 1, 1_000, InstrumentStatus.TRADING);
    static final Trade BUY = new Trade(811, "t-811", 6_543_210, 50_000_000, Side.BUY, NOW - 23, false);
    static final Trade SELL = new Trade(812, "t-812", 6_543_205, 1, Side.SELL, NOW - 3, false);
    static final Trade UNTOLD = new Trade(813, "t-813", 6_543_200, 100_000_000, Side.UNKNOWN, NOW - 1, false);
    static final Ticker TICKER = new Ticker(
            812,
            NOW,
            6_543_205,
            1,
            6_600_000,
            6_650_050,
            6_500_000,
            Sum128.of(250_000_000_000L),
            Sum128.product(6_560_000, 250_000_000_000L),
            811,
            1_763_758_801_000L,
            NOW);
    static final Ticker QUOTED = new Ticker(
            TICKER.seq(),
            TICKER.timeMillis(),
            TICKER.last(),
            TICKER.lastQuantity(),
            TICKER.open(),
            TICKER.high(),
            TICKER.low(),
            TICKER.volume(),
            TICKER.quoteVolume(),
            TICKER.count(),
            TICKER.openTimeMillis(),
            TICKER.closeTimeMillis(),
            new Quote(3, NOW, 6_543_200, 50_000_000, 6_543_210, 200_000_000));
    static final Kline KLINE = new Kline(
            KlineInterval.MINUTE_1,
            1_763_845_200_000L,
            1_763_845_260_000L,
            6_543_210,
            6_543_210,
            6_543_205,
            6_543_205,
            Sum128.of(50_000_001),
            Sum128.product(6_543_210, 50_000_000).plus(Sum128.of(6_543_205)),
            Sum128.of(50_000_000),
            Sum128.product(6_543_210, 50_000_000),
            2,
            811,
            812,
            NOW - 23,
            NOW - 3,
            false,
            KlineCause.TRADE);
    static final Kline FLAT = Kline.flat(
            KlineInterval.MINUTE_1, 1_763_845_260_000L, 1_763_845_320_000L, 6_543_205, 812, true, KlineCause.CLOCK);

    private static final RequestId SEVEN = RequestId.of(7);
    private static final RequestId TEXT = RequestId.of("a-7");

    private Samples() {}

    static long price(String text) {
        return FixedPoint.parse(text, 2);
    }

    static Map<String, ClientCommand> commands() {
        Map<String, ClientCommand> commands = new LinkedHashMap<>();
        commands.put(
                "subscribe",
                new ClientCommand.Subscribe(
                        SEVEN,
                        List.of(
                                RoomRequest.of("ticker:*"),
                                RoomRequest.of("kline:BTC-USDT:1m").snapshot(300),
                                RoomRequest.of("trade:BTC-USDT").since(new Cursor(EPOCH, 810)))));
        commands.put(
                "subscribe-fields",
                new ClientCommand.Subscribe(
                        SEVEN,
                        List.of(
                                RoomRequest.of("ticker:BTC-*@1s~last~volume"),
                                RoomRequest.of("trade:BTC-USDT~price~qty").since(new Cursor(EPOCH, 810)))));
        commands.put("unsubscribe", new ClientCommand.Unsubscribe(TEXT, List.of(RoomRequest.of("ticker:*"))));
        commands.put("rooms", new ClientCommand.Rooms(SEVEN));
        commands.put("ticker", new ClientCommand.TickerQuery(SEVEN, BTC));
        commands.put("tickers", new ClientCommand.TickerQuery(null, null));
        commands.put(
                "klines",
                new ClientCommand.Klines(
                        SEVEN, new KlinesQuery(BTC, KlineInterval.DAY_1, 1_763_000_000_000L, NOW, 100, 480, false)));
        commands.put("trades", new ClientCommand.Trades(SEVEN, new TradesQuery(BTC, 800L, null, null, 1_500)));
        commands.put("instruments", new ClientCommand.Instruments(SEVEN));
        commands.put("auth", new ClientCommand.Auth(SEVEN, "header.claims.signature"));
        commands.put("get_unread_message", new ClientCommand.GetUnreadMessage(null));
        commands.put("read_message", new ClientCommand.ReadMessage(SEVEN, List.of("1", "m-2"), 0));
        commands.put("read_message-all", new ClientCommand.ReadMessage(null, List.of(), Long.MAX_VALUE));
        commands.put("read_message-to", new ClientCommand.ReadMessage(SEVEN, List.of("9"), 7));
        commands.put(
                "publish",
                new ClientCommand.Publish(
                        SEVEN,
                        ClientCommand.Published.TRADES,
                        "[{\"symbol\":\"BTC-USDT\",\"id\":\"t-811\",\"price\":\"65432.1\",\"qty\":\"0.5\"}]",
                        1,
                        true));
        commands.put(
                "publish-quotes",
                new ClientCommand.Publish(
                        TEXT,
                        ClientCommand.Published.QUOTES,
                        "[{\"symbol\":\"BTC-USDT\",\"bid\":\"65432\",\"bidQty\":\"0.5\",\"ask\":\"65432.1\",\"askQty\":\"2\"}]",
                        1,
                        false));
        commands.put(
                "replay",
                new ClientCommand.Replay(SEVEN, BTC, NOW - 60_000, NOW, 10, List.of(RoomRequest.of("trade:BTC-USDT"))));
        commands.put("stop_replay", new ClientCommand.StopReplay(SEVEN));
        commands.put("ping", new ClientCommand.Ping(SEVEN, NOW));
        commands.put("ping-figures", new ClientCommand.Ping(SEVEN, NOW, 1_250L, 3_000L));
        return commands;
    }

    private static ServerEvent selected(String room, ServerEvent.Push whole) {
        return whole.select(RoomName.parse(room).fields());
    }

    static ServerEvent event(String name) {
        return Objects.requireNonNull(events().get(name), name);
    }

    static Map<String, ServerEvent> events() {
        Map<String, ServerEvent> events = new LinkedHashMap<>();
        Map<String, Long> limits = new LinkedHashMap<>();
        limits.put("messageBytes", 65_536L);
        limits.put("rooms", 1_024L);
        events.put(
                "welcome",
                new ServerEvent.Welcome("c-1", ServerEvent.PROTOCOL, NOW, EPOCH, "node-1", limits, 10_000, "portable"));
        events.put(
                "subscribed",
                new ServerEvent.Subscribed(
                        SEVEN,
                        List.of(
                                new RoomReply.Joined(
                                        "ticker:*",
                                        0,
                                        false,
                                        new Payload.OfTickers(List.of(new Payload.OfTicker(INSTRUMENT, TICKER)))),
                                new RoomReply.Joined(
                                        "ticker:BTC-USDT", 812, false, new Payload.OfTicker(INSTRUMENT, TICKER)),
                                new RoomReply.Joined(
                                        "kline:BTC-USDT:1m",
                                        812,
                                        false,
                                        new Payload.OfKlines(INSTRUMENT, List.of(KLINE))),
                                new RoomReply.Joined(
                                        "trade:BTC-USDT",
                                        812,
                                        true,
                                        new Payload.OfTrades(INSTRUMENT, List.of(BUY, SELL))),
                                new RoomReply.Joined("system", 0, false, null),
                                new RoomReply.Refused(
                                        "ticker:NOPE", ErrorCode.UNKNOWN_SYMBOL, "there is no instrument \"NOPE\""))));
        events.put(
                "unsubscribed",
                new ServerEvent.Unsubscribed(
                        TEXT,
                        List.of(
                                new RoomReply.Left("ticker:*", 0),
                                new RoomReply.Refused(
                                        "inbox", ErrorCode.NOT_SUBSCRIBED, "the connection is not in \"inbox\""))));
        events.put(
                "auth", new ServerEvent.Authenticated(SEVEN, "alice", NOW + 3_600_000, List.of("publish", "notify")));
        events.put("rooms", new ServerEvent.RoomsReply(SEVEN, List.of(new RoomPosition("trade:BTC-USDT", 812, NOW))));
        events.put(
                "push-ticker-fields",
                selected(
                        "ticker:BTC-USDT@1s~last~volume",
                        ServerEvent.Push.ofTicker("ticker:BTC-USDT@1s~last~volume", NOW, INSTRUMENT, TICKER)));
        events.put("push-ticker-quote", ServerEvent.Push.ofTicker("ticker:BTC-USDT", NOW, INSTRUMENT, QUOTED));
        events.put(
                "push-ticker-quote-fields",
                selected(
                        "ticker:BTC-USDT~bid~ask",
                        ServerEvent.Push.ofTicker("ticker:BTC-USDT~bid~ask", NOW, INSTRUMENT, QUOTED)));
        events.put(
                "push-tickers-fields",
                selected(
                        "ticker:BTC-*~seq",
                        ServerEvent.Push.ofTickers(
                                "ticker:BTC-*~seq", NOW, List.of(new Payload.OfTicker(INSTRUMENT, TICKER)))));
        events.put(
                "push-kline-fields",
                selected(
                        "kline:BTC-USDT:1m~close",
                        ServerEvent.Push.ofKline("kline:BTC-USDT:1m~close", NOW, INSTRUMENT, KLINE)));
        events.put(
                "push-trade-fields",
                selected(
                        "trade:BTC-USDT~price~takerSide",
                        ServerEvent.Push.ofTrades(
                                "trade:BTC-USDT~price~takerSide", NOW, INSTRUMENT, List.of(BUY, UNTOLD))));
        events.put("push-ticker", ServerEvent.Push.ofTicker("ticker:BTC-USDT", NOW, INSTRUMENT, TICKER));
        events.put(
                "push-tickers",
                ServerEvent.Push.ofTickers("ticker:*", NOW, List.of(new Payload.OfTicker(INSTRUMENT, TICKER))));
        events.put("push-kline", ServerEvent.Push.ofKline("kline:BTC-USDT:1m", NOW, INSTRUMENT, KLINE));
        events.put("push-kline-flat", ServerEvent.Push.ofKline("kline:BTC-USDT:1m", 0, INSTRUMENT, FLAT));
        events.put(
                "push-trade", ServerEvent.Push.ofTrades("trade:BTC-USDT", NOW, INSTRUMENT, List.of(BUY, SELL, UNTOLD)));
        events.put(
                "gap", new ServerEvent.Gap("trade:BTC-USDT", 700, 799, "/api/v1/trades?symbol=BTC-USDT&fromSeq=700"));
        events.put(
                "heartbeat", new ServerEvent.Heartbeat(NOW, List.of(new RoomPosition("trade:BTC-USDT", 812, NOW - 1))));
        events.put("pong", new ServerEvent.Pong(SEVEN, NOW - 5, NOW, NOW + 1));
        events.put(
                "error",
                new ServerEvent.ErrorEvent(
                        SEVEN, new Problem(ErrorCode.BAD_FIELD, "limit", "limit must be 1 to 1500, was 0"), 0));
        events.put(
                "error-temporary",
                new ServerEvent.ErrorEvent(
                        TEXT, new Problem(ErrorCode.RATE_LIMITED, null, "more than 20 commands a second"), 250));
        events.put("ticker", new ServerEvent.Reply(SEVEN, new Payload.OfTicker(INSTRUMENT, TICKER)));
        events.put(
                "tickers",
                new ServerEvent.Reply(SEVEN, new Payload.OfTickers(List.of(new Payload.OfTicker(INSTRUMENT, TICKER)))));
        events.put("klines", new ServerEvent.Reply(SEVEN, new Payload.OfKlines(INSTRUMENT, List.of(KLINE, FLAT))));
        events.put("trades", new ServerEvent.Reply(SEVEN, new Payload.OfTrades(INSTRUMENT, List.of(BUY, UNTOLD))));
        events.put("instruments", new ServerEvent.Reply(SEVEN, new Payload.OfInstruments(List.of(INSTRUMENT))));
        events.put("system", new ServerEvent.SystemNotice(NOW, "maintenance at 12:00 UTC"));
        events.put("drain", new ServerEvent.Drain(1_500, "wss://b.example/ws"));
        events.put(
                "replaying",
                new ServerEvent.Replaying(
                        SEVEN,
                        List.of(
                                new RoomReply.Replaying("trade:BTC-USDT"),
                                new RoomReply.Refused(
                                        "trade:ETH-USDT",
                                        ErrorCode.BAD_FIELD,
                                        "room must be one of BTC-USDT, was trade:ETH-USDT"))));
        events.put(
                "played-trade",
                new ServerEvent.Played(
                        SEVEN, ServerEvent.Push.ofTrades("trade:BTC-USDT", NOW, INSTRUMENT, List.of(BUY, SELL))));
        events.put(
                "played-kline",
                new ServerEvent.Played(TEXT, ServerEvent.Push.ofKline("kline:BTC-USDT:1m", NOW, INSTRUMENT, KLINE)));
        events.put("replayed", new ServerEvent.Replayed(SEVEN, BTC, NOW - 60_000, NOW, 2, 812));
        events.put("replay_stopped", new ServerEvent.ReplayStopped(TEXT));
        events.put(
                "published",
                new ServerEvent.Published(
                        SEVEN,
                        3_584,
                        List.of(
                                new PublishResult.Accepted(813),
                                new PublishResult.Duplicate(),
                                new PublishResult.Rejected("price_off_tick", "price must be a multiple of 0.01"))));
        events.put("published-quotes", new ServerEvent.Published(TEXT, 4_096, List.of(new PublishResult.Accepted(0))));
        events.put(
                "ev_new_message",
                new ServerEvent.NewMessages(
                        null,
                        List.of(new ServerEvent.InboxMessage(
                                "m-1", "Hello", "Your order is filled.", NOW, "System", null))));
        UserMessage message = new UserMessage(
                "alice",
                7,
                "trade",
                "Order filled",
                "Bought 0.1 BTC-USDT at 800.01",
                "{\"symbol\":\"BTC-USDT\",\"seq\":812}",
                "exchange",
                null,
                NOW,
                "order-7");
        events.put("notification", new ServerEvent.Notification(NOW, message, 3));
        events.put(
                "subscribed-inbox",
                new ServerEvent.Subscribed(
                        SEVEN,
                        List.of(new RoomReply.Joined(
                                "inbox",
                                8,
                                true,
                                new Payload.OfMessages(List.of(
                                        new InboxItem(message, true, NOW + 5),
                                        new InboxItem(
                                                new UserMessage(
                                                        "alice",
                                                        8,
                                                        "notice",
                                                        "Hello",
                                                        "",
                                                        null,
                                                        "system",
                                                        "https://example.com/a.png",
                                                        NOW,
                                                        null),
                                                false,
                                                0)))))));
        events.put("ev_read_status", new ServerEvent.ReadStatus(SEVEN, List.of("7", "9"), 0, 2));
        events.put("ev_read_status-all", new ServerEvent.ReadStatus(null, List.of(), 8, 0));
        return events;
    }
}
