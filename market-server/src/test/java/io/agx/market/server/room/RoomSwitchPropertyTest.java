package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.state.MarketListener;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.ManualClock;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Rates and fields change at random moments, amid engine flushes and while the peer does not read: what it is sent is one sequence
 * (docs/INVARIANTS.md, 3, "Change of rate"). The reader here knows nothing of the server; the truth is the instrument's state.
 */
class RoomSwitchPropertyTest {
    private static final int RUNS = 400;
    private static final int STEPS = 120;
    private static final Rate[] RATES = Rate.values();
    private static final String[] TRADE_FIELDS = {"", "~price", "~qty~price", "~seq"};
    private static final String[] KLINE_FIELDS = {"", "~close", "~volume~low", "~seq"};
    private static final String[] TICKER_FIELDS = {"", "~last", "~seq"};
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyTradeComesOnceAndEveryCandleClosesOnceHoweverRatesChange() throws IOException {
        long firstSeed = System.nanoTime();
        for (int run = 0; run < RUNS; run++) {
            new Run(firstSeed + run).go();
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final MarketRig rig = new MarketRig();
        private final RecordingTransport transport = new RecordingTransport();
        private final Subscriber subscriber = rig.connect(transport);
        private final ArrayDeque<Runnable> engineSteps = new ArrayDeque<>();
        private final Reader reader;

        Run(long seed) {
            this.seed = seed;
            random = new Random(seed);
            reader = new Reader(seed);
        }

        void go() throws IOException {
            for (Rate rate : RATES) { // Others keep some of the rooms open, so that they are behind or ahead.
                if (random.nextBoolean()) {
                    Subscriber keeper = rig.connect(new RecordingTransport());
                    rig.join(keeper, "trade:BTC-USDT@" + rate.code());
                    rig.join(keeper, "kline:BTC-USDT:1s@" + rate.code());
                    rig.join(keeper, "ticker:*@" + rate.code());
                }
            }
            changeTrades();
            changeKlines();
            changeTickers();
            flush(1);
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            finish();
            transport.messages().forEach(reader::on);
            reader.endsAs(rig.btc.snapshot());
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> flush(1 + random.nextInt(4));
                case 3, 13 -> advance(random.nextInt(1_500));
                case 4, 5 -> runEngine(1 + random.nextInt(6));
                case 6, 7 -> rig.publish();
                case 8 -> transport.hold();
                case 9 -> transport.releaseOne();
                case 10 -> transport.release();
                case 11 -> changeTrades();
                default -> {
                    if (random.nextBoolean()) {
                        changeKlines();
                    } else {
                        changeTickers();
                    }
                }
            }
        }

        private void changeTrades() {
            rig.subscribe(subscriber, "trade:BTC-USDT@" + rate() + one(TRADE_FIELDS));
        }

        private void changeKlines() {
            rig.subscribe(subscriber, "kline:BTC-USDT:1s@" + rate() + one(KLINE_FIELDS));
        }

        private void changeTickers() {
            rig.subscribe(subscriber, "ticker:*@" + rate() + one(TICKER_FIELDS));
        }

        private String rate() {
            return RATES[random.nextInt(RATES.length)].code();
        }

        private String one(String[] from) {
            return from[random.nextInt(from.length)];
        }

        /** An engine's flush; its steps are done later, one by one. */
        private void flush(int trades) {
            runEngine(Integer.MAX_VALUE);
            for (int i = 0; i < trades; i++) {
                long seq = rig.btc.seq() + 1;
                // None is before the first, from which on there are closes.
                long most = seq == 1 ? 0 : Math.min(6_000, rig.clock.millis() - ManualClock.START_MILLIS);
                long late = random.nextInt(5) == 0 ? random.nextInt((int) most + 1) : 0;
                rig.btc.apply(new Trade(
                        seq,
                        "t" + seq,
                        10_000 + random.nextInt(97),
                        1_000,
                        Side.BUY,
                        rig.clock.millis() - late,
                        false));
            }
            rig.btc.flush(new Steps());
        }

        private void advance(long millis) {
            runEngine(Integer.MAX_VALUE);
            rig.clock.advanceMillis(millis);
            rig.btc.advance(rig.clock.millis());
            rig.btc.flush(new Steps());
        }

        private void runEngine(int steps) {
            for (int i = 0; i < steps && !engineSteps.isEmpty(); i++) {
                engineSteps.remove().run();
            }
        }

        private void finish() {
            advance(1_000);
            flush(1);
            runEngine(Integer.MAX_VALUE);
            transport.release();
            for (int i = 0; i < 4; i++) {
                rig.clock.advanceMillis(10_000);
                rig.loop.runDue();
            }
        }

        private final class Steps implements MarketListener {
            @Override
            public void onTrades(Instrument instrument, List<Trade> trades) {
                engineSteps.add(() -> rig.publisher.onTrades(instrument, trades));
            }

            @Override
            public void onTicker(Instrument instrument, Ticker ticker) {
                engineSteps.add(() -> rig.publisher.onTicker(instrument, ticker));
            }

            @Override
            public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
                engineSteps.add(() -> rig.publisher.onKline(instrument, utcOffsetMinutes, kline));
            }

            @Override
            public void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {
                engineSteps.add(() -> rig.publisher.onFlushed(instrument, snapshot));
            }
        }
    }

    /** What a client makes of the messages. */
    private static final class Reader {
        private final long seed;
        private long lastTrade;
        private final Map<Long, JsonNode> candles = new HashMap<>();
        private final Map<Long, Integer> closes = new HashMap<>();
        private final Map<String, String> roomOfBase = new HashMap<>();
        private long tickerSeq;
        private long tickerTime;

        Reader(long seed) {
            this.seed = seed;
        }

        void on(String text) {
            JsonNode event = read(text);
            switch (event.get("event").textValue()) {
                case "subscribed" -> joined(event.get("data").get(0));
                case "trade" -> {
                    inRoom(event);
                    event.get("data").forEach(this::trade);
                }
                case "kline" -> {
                    inRoom(event);
                    liveCandle(event.get("data"));
                }
                case "ticker" -> {
                    inRoom(event);
                    event.get("data").forEach(ticker -> {
                        check(isLater(ticker), "repeated or older: " + ticker);
                        ticker(ticker);
                    });
                }
                case "heartbeat" -> {}
                default -> check(false, "unexpected " + text);
            }
        }

        private static JsonNode read(String text) {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError(text, e);
            }
        }

        private void joined(JsonNode reply) {
            String room = reply.get("room").textValue();
            boolean again = roomOfBase.put(base(room), room) != null;
            check(reply.get("ok").booleanValue(), "refused " + reply);
            check(reply.get("recovered").booleanValue() == again, "recovered is wrong in " + reply);
            JsonNode elements = reply.has("snapshot") ? reply.get("snapshot") : JSON.createArrayNode();
            if (room.startsWith("trade:")) {
                elements.forEach(this::trade);
                check(lastTrade == reply.get("seq").longValue(), "ends at " + lastTrade + ", not at seq of " + reply);
            } else if (room.startsWith("kline:")) {
                elements.forEach(this::candleOfReply);
            } else {
                elements.forEach(this::ticker);
            }
        }

        private void inRoom(JsonNode event) {
            String room = event.get("room").textValue();
            check(room.equals(roomOfBase.get(base(room))), "not in " + room);
        }

        private static String base(String room) {
            return room.replaceAll("[@~].*", "");
        }

        private void trade(JsonNode trade) {
            check(trade.get("seq").longValue() == lastTrade + 1, "after " + lastTrade + " came " + trade);
            lastTrade++;
        }

        private void liveCandle(JsonNode candle) {
            long open = candle.get("openTime").longValue();
            JsonNode before = candles.get(open);
            check(before == null || !sameRevision(before, candle), "repeated: " + candle);
            boolean byClock = candle.get("cause").textValue().equals("clock");
            boolean neverOpen =
                    before == null && !byClock; // A late trade made the candle: it was closed from the start.
            if (candle.get("closed").booleanValue() && (byClock || neverOpen)) {
                closes.merge(open, 1, Integer::sum);
            }
            put(open, candle);
        }

        /** A flat candle may be revised by a late trade before it, at a seq that its later trades were above. */
        private static boolean sameRevision(JsonNode one, JsonNode other) {
            return one.get("seq").equals(other.get("seq"))
                    && one.get("closed").equals(other.get("closed"))
                    && one.get("cause").equals(other.get("cause"));
        }

        private void candleOfReply(JsonNode candle) {
            long open = candle.get("openTime").longValue();
            JsonNode before = candles.get(open);
            boolean closesNow = candle.get("closed").booleanValue()
                    && (before == null || !before.get("closed").booleanValue());
            if (closesNow) {
                closes.merge(open, 1, Integer::sum);
            }
            put(open, candle);
        }

        private void put(long open, JsonNode candle) {
            JsonNode before = candles.put(open, candle);
            check(
                    before == null
                            || before.get("seq").longValue()
                                    <= candle.get("seq").longValue(),
                    "went back from " + before + " to " + candle);
            check(
                    before == null
                            || !before.get("closed").booleanValue()
                            || candle.get("closed").booleanValue(),
                    "opened again: " + candle);
        }

        private boolean isLater(JsonNode ticker) {
            return ticker.get("seq").longValue() > tickerSeq
                    || ticker.get("time").longValue() > tickerTime;
        }

        private void ticker(JsonNode ticker) {
            check(
                    ticker.get("seq").longValue() >= tickerSeq
                            && ticker.get("time").longValue() >= tickerTime,
                    "ticker went back to " + ticker);
            tickerSeq = ticker.get("seq").longValue();
            tickerTime = ticker.get("time").longValue();
        }

        void endsAs(InstrumentSnapshot last) {
            check(lastTrade == last.seq(), "trades end at " + lastTrade + " of " + last.seq());
            check(tickerSeq == last.seq(), "tickers end at " + tickerSeq + " of " + last.seq());
            List<Kline> all = last.klines(KlineInterval.SECOND_1).filled(Long.MIN_VALUE, Long.MAX_VALUE, 1_500, true);
            check(all.size() > 1, "too few candles: " + all);
            for (Kline kline : all) {
                JsonNode heard = candles.get(kline.openTimeMillis());
                if (kline.isFlat() && !kline.closed()) {
                    continue; // Not sent before it closes.
                }
                check(heard != null, "never heard of " + kline);
                check(heard.get("seq").longValue() == kline.seq(), "last heard " + heard + " of " + kline);
                check(heard.get("closed").booleanValue() == kline.closed(), "last heard " + heard + " of " + kline);
                int closed = closes.getOrDefault(kline.openTimeMillis(), 0);
                check(closed == (kline.closed() ? 1 : 0), closed + " closes of " + kline);
            }
        }

        private void check(boolean holds, String otherwise) {
            assertThat(holds).as("seed %d: %s", seed, otherwise).isTrue();
        }
    }
}
