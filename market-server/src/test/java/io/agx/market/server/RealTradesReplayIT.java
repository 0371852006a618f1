package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.feed.BadLines;
import io.agx.market.server.feed.CsvScales;
import io.agx.market.server.feed.CsvTradeFile;
import io.agx.market.server.feed.TradeImporter;
import io.agx.market.server.gateway.Connection;
import io.agx.market.server.testing.RecordingTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Some hours of real trades, played by the command {@code replay} at 1000x: what came is compared with what SQL makes of the file. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RealTradesReplayIT {
    private static final String SYMBOL = RealTrades.SYMBOL;
    private static final long GRACE_MILLIS = 2_000;
    /** 2013-11-28T13:07:41.250Z, amid candles of every length, and on no second. */
    private static final long FROM = 1_385_644_061_250L;

    private static final long TO = FROM + Duration.ofHours(5).toMillis() + 17_300;
    private static final Map<String, Integer> OFFSETS = Map.of("1h:+05:30", 330, "1d:-05:00", -300, "1w:+08:00", 480);

    @TempDir
    Path dataDir;

    private final Map<String, List<Map<String, Object>>> byRoom = new LinkedHashMap<>();

    /** Candles and trades come from the cache, from the database behind it, and from the log where the database has not yet got. */
    @Test
    void everyTradeCandleCloseAndTheLastTickerAreThoseOfSql() throws Exception {
        StateLimits few = new StateLimits(40, 100, GRACE_MILLIS);
        try (RealTrades sql = RealTrades.load();
                io.agx.market.server.testing.RunningMarket market =
                        new io.agx.market.server.testing.RunningMarket(dataDir, config -> config.withState(few))) {
            importAll(market);
            RecordingTransport transport = new RecordingTransport();
            Connection connection = market.server().gateway().open(transport, List.of());
            List<String> rooms =
                    new ArrayList<>(List.of("trade:" + SYMBOL, "ticker:" + SYMBOL, "ticker:" + SYMBOL + "@raw"));
            RealTrades.INTERVALS.forEach(interval -> rooms.add("kline:" + SYMBOL + ":" + interval));
            OFFSETS.keySet().forEach(interval -> rooms.add("kline:" + SYMBOL + ":" + interval + "@1s"));
            sql.forgetFrom(TO);

            // The database takes its candles after the trades: what the long ones need is asked again until it is
            // there.
            long startNanos = System.nanoTime();
            await().atMost(Duration.ofSeconds(60)).until(() -> replay(connection, transport, rooms));
            long tookMillis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
            System.out.println("replayed in " + tookMillis + " ms");
            sortByRoom(transport);

            List<RealTrades.SqlTrade> expected =
                    sql.trades().stream().filter(trade -> trade.time() >= FROM).toList();
            assertThat(expected).hasSizeGreaterThan(3_000);
            assertThat(messages("trade:" + SYMBOL).stream()
                            .flatMap(message -> TestJson.objects(message, "data").stream())
                            .map(RealTrades.SqlTrade::of))
                    .isEqualTo(expected);
            for (String interval : RealTrades.INTERVALS) {
                assertCandles("kline:" + SYMBOL + ":" + interval, sql.candles(interval, 0));
            }
            for (Map.Entry<String, Integer> offset : OFFSETS.entrySet()) {
                String interval = offset.getKey().substring(0, offset.getKey().indexOf(':'));
                assertCandles(
                        "kline:" + SYMBOL + ":" + offset.getKey() + "@1s", sql.candles(interval, offset.getValue()));
            }
            for (String room : List.of("ticker:" + SYMBOL, "ticker:" + SYMBOL + "@raw")) {
                List<Map<String, Object>> tickers = messages(room);
                Map<String, Object> last = TestJson.object(tickers.get(tickers.size() - 1), "data");
                assertThat(TickerNumbers.of(last)).isEqualTo(sql.ticker((Long) last.get("time")));
            }
            Map<String, Object> end = TestJson.object(last(transport, "replayed"), "data");
            assertThat(end)
                    .containsEntry("trades", (long) expected.size())
                    .containsEntry("lastSeq", expected.get(expected.size() - 1).seq())
                    .containsEntry("toTime", TO);
            // Five hours take 18 seconds at least, in which a default ticker is sent 73 times: its rate is of real
            // time.
            assertThat(messages("ticker:" + SYMBOL).size()).isBetween(20, (int) (tookMillis / 250) + 2);
            System.out.println("messages per room: " + counts());
        }
    }

    private static void importAll(io.agx.market.server.testing.RunningMarket market)
            throws IOException, InterruptedException {
        CsvTradeFile file = new CsvTradeFile(RealTrades.file());
        CsvScales scales = file.scales(BadLines.STOP);
        Instrument instrument = market.server()
                .instruments()
                .define(new Symbol(SYMBOL), "BTC", "USD", scales.priceScale(), scales.quantityScale(), 1, 1);
        new TradeImporter(file, market.server().ingest()).run(instrument, BadLines.STOP, progress -> {});
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        market.server().history().snapshot(instrument.symbol()).seq() == RealTrades.TRADES);
    }

    /** Runs one replay to its end; false if history could not be read yet. */
    private static boolean replay(Connection connection, RecordingTransport transport, List<String> rooms) {
        transport.clear();
        connection.onText("{\"event\":\"replay\",\"id\":\"past\",\"data\":{\"symbol\":\"" + SYMBOL + "\",\"fromTime\":"
                + FROM + ",\"toTime\":" + TO + ",\"speed\":1000,\"rooms\":[\"" + String.join("\",\"", rooms)
                + "\"]}}");
        await().atMost(Duration.ofSeconds(50))
                .until(() -> transport.messages().stream()
                        .anyMatch(text ->
                                text.contains("\"event\":\"replayed\"") || text.contains("\"event\":\"error\"")));
        String end = transport.messages().get(transport.messages().size() - 1);
        if (end.contains("store_behind")) {
            return false;
        }
        assertThat(end).contains("\"event\":\"replayed\",\"id\":\"past\"");
        return true;
    }

    private void sortByRoom(RecordingTransport transport) {
        for (String text : transport.messages()) {
            Map<String, Object> message = TestJson.object(text);
            if (message.containsKey("room")) {
                assertThat(message).containsEntry("id", "past");
                byRoom.computeIfAbsent((String) message.get("room"), name -> new ArrayList<>())
                        .add(message);
            }
        }
    }

    private List<Map<String, Object>> messages(String room) {
        return byRoom.getOrDefault(room, List.of());
    }

    private static Map<String, Object> last(RecordingTransport transport, String event) {
        return transport.messages().stream()
                .filter(text -> text.contains("\"event\":\"" + event + "\""))
                .map(TestJson::object)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private void assertCandles(String room, List<Candle> traded) {
        TreeMap<Long, Candle> lastRevisions = new TreeMap<>();
        List<Candle> closes = new ArrayList<>();
        for (Map<String, Object> message : messages(room)) {
            Map<String, Object> json = TestJson.object(message, "data");
            Candle candle = Candle.of(json);
            lastRevisions.put(candle.openTime(), candle);
            if (Boolean.TRUE.equals(json.get("closed"))) {
                assertThat(json).as(room).containsEntry("cause", "clock");
                closes.add(candle);
            }
        }
        List<Candle> all = Candle.filled(traded, TO - 1);
        List<Candle> closed = all.stream()
                .filter(candle ->
                        candle.closeTime() + 1 + GRACE_MILLIS > FROM && candle.closeTime() + 1 + GRACE_MILLIS <= TO)
                .toList();
        // The candles that change in the stretch: those that it closes, and the open one at its end if it was traded
        // in.
        List<Candle> told = all.stream()
                .filter(candle -> closed.contains(candle)
                        || candle.closeTime() + 1 + GRACE_MILLIS > TO
                                && candle.count() > 0
                                && candle.closeTime() >= FROM)
                .toList();

        assertThat(closes).as("closes, " + room).isEqualTo(closed);
        assertThat(new ArrayList<>(lastRevisions.values()))
                .as("last revisions, " + room)
                .isEqualTo(told);
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        byRoom.forEach((room, messages) -> counts.put(room, messages.size()));
        return new TreeMap<>(counts);
    }
}
