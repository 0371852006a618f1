package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ReceivedEvent.RoomResult;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands and what they are answered with, on a whole server without a network. */
class GatewayTest {
    private static final GatewayLimits LIMITS = new GatewayLimits(65_536, 50, 2_000, 5, 3, SubscriberLimits.DEFAULTS);

    @TempDir
    static Path dataDir;

    private static RunningMarket market;
    private static Instrument btc;

    private final RecordingTransport transport = new RecordingTransport();
    private Connection connection;
    private String epoch;

    @BeforeAll
    static void start() throws IOException {
        market = new RunningMarket(dataDir, config -> config.withGateway(LIMITS));
        btc = market.define("BTC-USDT");
        market.define("ETH-USDT");
        market.trade(btc, 3_000);
    }

    @AfterAll
    static void stop() {
        market.close();
    }

    @BeforeEach
    void connect() {
        connection = market.server().gateway().open(transport, List.of());
        epoch = wait(ReceivedEvent.Welcome.class).epoch();
    }

    @Test
    void theFirstEventIsAWelcomeThatTellsTheLimits() {
        ReceivedEvent.Welcome welcome =
                (ReceivedEvent.Welcome) transport.events().get(0);

        assertThat(welcome.limits()).containsEntry("rooms", 1_024L).containsEntry("messageBytes", 65_536L);
        assertThat(welcome.connectionId()).isEqualTo(connection.id());
        assertThat(welcome.protocol()).isEqualTo("market.v1+json");
    }

    @Test
    void roomsOfTheUrlAreJoinedAtOnce() {
        RecordingTransport other = new RecordingTransport();
        market.server().gateway().open(other, List.of("ticker:*", "kline:BTC-USDT:1m", "nothing"));

        await().until(() -> !other.events(ReceivedEvent.Subscribed.class).isEmpty());
        assertThat(other.events().get(0)).isInstanceOf(ReceivedEvent.Welcome.class);
        assertThat(other.last(ReceivedEvent.Subscribed.class).rooms())
                .extracting(RoomResult::ok)
                .containsExactly(true, true, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{\"event\":\"ping\",\"id\":\"a\"'|bad_json|",
                "'[1]'|bad_request|",
                "'{\"event\":\"fly\",\"id\":7}'|unknown_event|event",
                "'{\"event\":\"subscribe\",\"data\":{}}'|bad_field|rooms",
                "'{\"event\":\"subscribe\",\"data\":{\"rooms\":[]}}'|bad_field|rooms",
                "'{\"event\":\"klines\",\"data\":{\"symbol\":\"BTC-USDT\"}}'|bad_field|interval",
                "'{\"event\":\"klines\",\"data\":{\"symbol\":\"BTC-USDT\",\"interval\":\"7m\"}}'|unknown_interval|interval",
                "'{\"event\":\"klines\",\"data\":{\"symbol\":\"BTC-USDT\",\"interval\":\"1m\",\"limit\":0}}'|bad_field|limit",
                "'{\"event\":\"ticker\",\"data\":{\"symbol\":\"XRP-USDT\"}}'|unknown_symbol|symbol",
                "'{\"event\":\"ticker\",\"data\":{\"symbol\":\"ETH-USDT\"}}'|not_found|symbol",
                "'{\"event\":\"trades\",\"data\":{\"symbol\":\"BTC-USDT\",\"fromSeq\":-1}}'|bad_field|fromSeq",
                "'{\"event\":\"replay\",\"data\":{\"symbol\":\"XRP-USDT\",\"fromTime\":1,\"toTime\":2,\"rooms\":[\"trade:XRP-USDT\"]}}'|unknown_symbol|symbol",
                "'{\"event\":\"replay\",\"data\":{\"symbol\":\"BTC-USDT\",\"fromTime\":2,\"toTime\":1,\"rooms\":[\"trade:BTC-USDT\"]}}'|bad_field|toTime",
                "'{\"event\":\"replay\",\"data\":{\"symbol\":\"BTC-USDT\",\"fromTime\":1,\"toTime\":9,\"speed\":1001,\"rooms\":[\"trade:BTC-USDT\"]}}'|bad_field|speed",
                "'{\"event\":\"replay\",\"data\":{\"symbol\":\"BTC-USDT\",\"fromTime\":1,\"toTime\":9000000000000,\"rooms\":[\"trade:BTC-USDT\"]}}'|bad_field|toTime",
                "'{\"event\":\"stop_replay\",\"id\":1}'|not_found|"
            })
    void aBadCommandIsToldByCodeAndFieldAndTheConnectionStays(String command, String code, String field) {
        connection.onText(command);

        ReceivedEvent.Failed failed = wait(ReceivedEvent.Failed.class);
        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.field()).isEqualTo(field == null ? "" : field);
        connection.onText("{\"event\":\"ping\",\"id\":\"after\"}");
        assertThat(wait(ReceivedEvent.Pong.class).id().toString()).contains("after");
        assertThat(transport.isOpen()).isTrue();
    }

    @Test
    void theIdComesBackWithItsType() {
        connection.onText("{\"event\":\"instruments\",\"id\":7}");
        await().until(() -> transport.messages().stream().anyMatch(text -> text.contains("\"id\":7,")));
        connection.onText("{\"event\":\"instruments\",\"id\":\"7\"}");
        await().until(() -> transport.messages().stream().anyMatch(text -> text.contains("\"id\":\"7\",")));
    }

    @Test
    void queriesAnswerAsRestDoes() {
        connection.onText("{\"event\":\"klines\",\"data\":{\"symbol\":\"BTC-USDT\",\"interval\":\"1d\",\"limit\":1}}");
        assertThat(wait(ReceivedEvent.Klines.class).klines()).singleElement().matches(kline -> kline.count() >= 3_000);
        connection.onText("{\"event\":\"trades\",\"data\":{\"symbol\":\"BTC-USDT\",\"fromSeq\":5,\"limit\":3}}");
        assertThat(wait(ReceivedEvent.Trades.class).trades())
                .extracting(TradeData::seq)
                .containsExactly(5L, 6L, 7L);
        connection.onText("{\"event\":\"ticker\"}");
        assertThat(wait(ReceivedEvent.Tickers.class).tickers()).hasSize(1);
        connection.onText("{\"event\":\"instruments\"}");
        assertThat(wait(ReceivedEvent.Instruments.class).instruments()).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void pingIsAnsweredAndBareHeartbeatsAre() {
        connection.onText("PING");
        await().until(() -> transport.messages().contains("PONG"));
        connection.onText("PONG");
        connection.onText("{\"event\":\"ping\",\"data\":{\"clientTime\":42}}");

        ReceivedEvent.Pong pong = wait(ReceivedEvent.Pong.class);
        assertThat(pong.clientTimeMillis()).isEqualTo(42);
        assertThat(pong.sendTimeMillis()).isGreaterThanOrEqualTo(pong.receiveTimeMillis());
        assertThat(transport.messages()).filteredOn("PONG"::equals).hasSize(1);
    }

    @Test
    void aPingTellsWhatTheClientHasSeen() {
        GatewayFigures figures = market.server().gateway().figures();
        long before = figures.commands().of("ping");
        connection.onText("{\"event\":\"ping\",\"data\":{\"roundTripMicros\":1500,\"latencyMicros\":250000}}");
        connection.onText("{\"event\":\"ping\",\"data\":{\"roundTripMicros\":60000001}}");

        assertThat(wait(ReceivedEvent.Failed.class).field()).isEqualTo("roundTripMicros");
        assertThat(figures.roundTrips().sum()).isEqualTo(0.0015);
        assertThat(figures.latencies().sum()).isEqualTo(0.25);
        assertThat(figures.commands().of("ping")).as("one was none").isEqualTo(before + 1);
    }

    /** A command that has no word of its own would be counted as "other". */
    @Test
    void everyCommandHasACountOfItsOwn() {
        assertThat(GatewayFigures.COMMANDS).hasSize(ClientCommand.class.getPermittedSubclasses().length);
    }

    @Test
    void oneBadRoomNeverFailsTheOthers() {
        List<RoomResult> rooms = subscribe(
                "\"ticker:BTC-USDT\",\"ticker:XRP-USDT\",\"kline:BTC-USDT:7m\",\"moon\",\"inbox\",17,\"trade:BTC-USDT@never\",\"trade:BTC-USDT\"");

        assertThat(rooms)
                .extracting(RoomResult::ok)
                .containsExactly(true, false, false, false, false, false, false, true);
        assertThat(rooms.subList(1, 7))
                .extracting(RoomResult::code)
                .containsExactly(
                        "unknown_symbol",
                        "unknown_interval",
                        "unknown_room",
                        "not_authenticated",
                        "bad_field",
                        "bad_field");
    }

    @Test
    void subscribedTwiceTheSecondAnswerRefreshesAndNothingComesTwice() {
        subscribe("\"trade:BTC-USDT\"");
        RoomResult again =
                subscribe("{\"room\":\"trade:BTC-USDT\",\"snapshot\":2}").get(0);
        assertThat(again.snapshot().trades()).hasSize(2);
        transport.clear();
        market.trade(btc, 3);

        await().until(() -> tradeSeqs().size() >= 3);
        assertThat(tradeSeqs()).containsExactly(again.seq() + 1, again.seq() + 2, again.seq() + 3);
    }

    @Test
    void anotherRateReplacesTheFirst() {
        subscribe("\"trade:BTC-USDT\"");
        subscribe("\"trade:BTC-USDT@100ms\"");

        assertThat(positions()).containsExactly("trade:BTC-USDT@100ms");
    }

    @Test
    void aSelectionOfFieldsHoldsInTheReplyAndLiveAlsoWhereTheAddressAsksForIt() {
        RecordingTransport peer = new RecordingTransport();
        Connection its = market.server().gateway().open(peer, List.of("ticker:BTC-*@raw~volume~last"));
        its.onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[{\"room\":\"trade:BTC-USDT\",\"fields\":[\"price\"],"
                + "\"snapshot\":1},\"kline:BTC-USDT:1h@raw~close\"]}}");
        await().until(() -> peer.messages().size() >= 3);
        market.trade(btc, 1);
        await().until(() -> peer.messages().stream()
                        .filter(text -> text.matches("\\{\"event\":\"(ticker|trade|kline)\".*"))
                        .count()
                >= 3);
        its.onClose(); // Else its rooms stay open, and the next test finds them behind the cache.

        assertThat(String.join("\n", peer.messages()))
                .contains("\"room\":\"ticker:BTC-*@raw~last~volume\",\"ok\":true")
                .contains("\"room\":\"trade:BTC-USDT~price\",\"ok\":true")
                .containsPattern("\"snapshot\":\\[\\{\"symbol\":\"BTC-USDT\",\"seq\":\\d+,\"time\":\\d+,"
                        + "\"last\":\"[0-9.]+\",\"volume\":\"[0-9.]+\"}]")
                .containsPattern(
                        "\"event\":\"trade\",\"room\":\"trade:BTC-USDT~price\",\"seq\":\\d+,\"serverTime\":\\d+,"
                                + "\"data\":\\[\\{\"seq\":\\d+,\"price\":\"[0-9.]+\",\"time\":\\d+}]")
                .containsPattern("\"data\":\\{\"symbol\":\"BTC-USDT\",\"interval\":\"1h\",\"openTime\":\\d+,"
                        + "\"close\":\"[0-9.]+\",\"seq\":\\d+,\"closed\":false,\"cause\":\"trade\"}")
                .doesNotContain("vwap", "qty", "takerBuyVolume");
    }

    @Test
    void aBadSelectionIsRefusedInItsPlaceAndLeavesTheRoomThatIsJoined() {
        subscribe("\"trade:BTC-USDT@1s\"");
        List<RoomResult> rooms =
                subscribe("\"trade:BTC-USDT~bid\",{\"room\":\"trade:BTC-USDT\",\"fields\":[\"id\",\"id\"]},"
                        + "{\"room\":\"trade:BTC-USDT\",\"fields\":[]},\"ticker:BTC-USDT\"");

        assertThat(rooms).extracting(RoomResult::code).containsExactly("bad_field", "bad_field", "bad_field", "");
        assertThat(rooms.get(0).message()).contains("\"bid\"", "seq id price qty quoteQty takerSide time");
        assertThat(rooms.get(1).message()).contains("\"id\"");
        assertThat(positions()).containsExactly("trade:BTC-USDT@1s", "ticker:BTC-USDT");
    }

    @Test
    void anotherRateGoesOnWhereTheFirstWasWithoutACursor() {
        RoomResult first = subscribe("\"trade:BTC-USDT@10s\"").get(0);
        market.trade(btc, 2_500); // More than the cache has.

        RoomResult second = subscribe("\"trade:BTC-USDT\"").get(0);
        market.trade(btc, 1);
        long last = market.server().history().snapshot(btc.symbol()).seq();
        await().until(() -> tradeSeqs().contains(last));

        assertThat(second.recovered()).isTrue();
        List<Long> seqs = new ArrayList<>();
        transport.events().forEach(event -> {
            if (event instanceof ReceivedEvent.Subscribed it) {
                it.rooms().get(0).snapshot().trades().forEach(trade -> seqs.add(trade.seq()));
            } else if (event instanceof ReceivedEvent.TradeUpdate it) {
                it.trades().forEach(trade -> seqs.add(trade.seq()));
            }
        });
        assertThat(seqs)
                .isEqualTo(LongStream.rangeClosed(first.seq() + 1, last).boxed().toList());
    }

    @Test
    void unsubscribedNothingMoreComesAndASecondTimeIsAnError() {
        subscribe("\"trade:BTC-USDT\",\"ticker:BTC-USDT\"");
        connection.onText("{\"event\":\"unsubscribe\",\"data\":{\"rooms\":[\"trade:BTC-USDT\",\"trade:ETH-USDT\"]}}");

        List<RoomResult> rooms = wait(ReceivedEvent.Unsubscribed.class).rooms();
        assertThat(rooms).extracting(RoomResult::ok).containsExactly(true, false);
        assertThat(rooms.get(1).code()).isEqualTo("not_subscribed");
        assertThat(positions()).containsExactly("ticker:BTC-USDT");
    }

    @Test
    void missedTradesOfTheCacheAndOfTheLogAreRecovered() {
        long last = market.server().history().snapshot(btc.symbol()).seq();
        for (long since : new long[] {last, last - 5, last - 2_500}) {
            RoomResult room = subscribe(since(epoch, since)).get(0);
            assertThat(room.recovered()).as("since %d of %d", since, last).isTrue();
            assertThat(room.snapshot().trades())
                    .extracting(TradeData::seq)
                    .containsExactlyElementsOf(LongStream.rangeClosed(since + 1, room.seq())
                            .boxed()
                            .toList());
        }
    }

    @Test
    void whatCannotBeRecoveredIsSaidAndGoesOnFromNow() {
        market.trade(btc, 3_000);
        long last = market.server().history().snapshot(btc.symbol()).seq();
        String tooOld = since(epoch, last - SubscribeCommand.MAX_RECOVERED_TRADES - 1);
        // The cache has a trade a moment before its rooms have.
        await().until(() -> subscribe(tooOld).get(0).seq() == last);
        assertThat(subscribe(tooOld).get(0))
                .matches(RoomResult::ok)
                .matches(room -> !room.recovered())
                .matches(room -> room.seq() == last);
        assertThat(subscribe(since("another-history", last)).get(0).recovered()).isFalse();
        assertThat(subscribe(since(epoch, last + 1_000)).get(0).recovered()).isFalse();
    }

    @Test
    void candlesThatChangedAfterACursorAreRecovered() {
        long last = market.server().history().snapshot(btc.symbol()).seq();
        market.trade(btc, 1);

        RoomResult room = subscribe(
                        "{\"room\":\"kline:BTC-USDT:1h\",\"since\":{\"epoch\":\"" + epoch + "\",\"seq\":" + last + "}}")
                .get(0);

        assertThat(room.recovered()).isTrue();
        assertThat(room.snapshot().klines()).isNotEmpty().allMatch(kline -> kline.seq() >= last);
    }

    @Test
    void aRoomAtAUtcOffsetIsLiveAndIsLetGoWithItsLastMember() {
        RoomResult room = subscribe("\"kline:BTC-USDT:1d:+08:00@raw\"").get(0);
        assertThat(room.ok()).isTrue();
        assertThat(room.snapshot().klines()).hasSize(1);
        assertThat(offsetIsLive()).isTrue();
        transport.clear();
        market.trade(btc, 1);
        await().until(() -> !transport.events(ReceivedEvent.KlineUpdate.class).isEmpty());
        assertThat(transport.last(ReceivedEvent.KlineUpdate.class).kline().openTimeMillis() % 86_400_000)
                .isEqualTo(16 * 3_600_000L);

        connection.onClose();

        await().until(() -> !offsetIsLive());
    }

    @Test
    void oneReplyHoldsABoundedNumberOfElementsWhateverIsAsked() {
        market.trade(btc, 1);
        String rooms = IntStream.range(0, 400)
                .mapToObj(i -> "{\"room\":\"trade:BTC-USDT\",\"snapshot\":1000}")
                .collect(Collectors.joining(","));
        List<RoomResult> replies = subscribe(rooms);

        long elements =
                replies.stream().mapToLong(r -> r.snapshot().trades().size()).sum();
        assertThat(elements).isLessThanOrEqualTo(SubscribeCommand.MAX_ELEMENTS).isPositive();
        assertThat(replies.get(399).code()).isEqualTo("too_large");
    }

    @Test
    void oneReplyHoldsABoundedNumberOfTickersHoweverOftenAPatternIsAskedFor() throws IOException {
        try (RunningMarket many = new RunningMarket(dataDir.resolve("many"), config -> config.withGateway(LIMITS))) {
            for (int i = 0; i < 100; i++) {
                many.trade(many.define("X" + (char) (65 + i / 10) + i % 10 + "-USDT"), 1);
            }
            Gateway gateway = many.server().gateway();
            RecordingTransport byCommand = new RecordingTransport();
            String rooms = String.join(",", Collections.nCopies(400, "\"ticker:*\""));
            gateway.open(byCommand, List.of()).onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[" + rooms + "]}}");
            RecordingTransport byAddress = new RecordingTransport();
            gateway.open(byAddress, Collections.nCopies(400, "ticker:*"));

            for (RecordingTransport peer : List.of(byCommand, byAddress)) {
                await().until(() -> peer.messages().stream().anyMatch(text -> text.contains("subscribed")));
                List<RoomResult> replies =
                        peer.last(ReceivedEvent.Subscribed.class).rooms();
                assertThat(replies.subList(0, 300))
                        .allMatch(reply -> reply.snapshot().tickers().size() == 100);
                assertThat(replies.subList(300, 400))
                        .extracting(RoomResult::code)
                        .containsOnly("too_large");
            }
        }
    }

    @Test
    void roomsBeyondTheLimitAreRefusedAndTheOthersStay() throws IOException {
        GatewayLimits few = new GatewayLimits(
                65_536, 20, 100, 5, 3, new SubscriberLimits(3, 1 << 20, 10_000, 20_000, 60_000, 15_000));
        try (RunningMarket small = new RunningMarket(dataDir.resolve("small"), config -> config.withGateway(few))) {
            small.define("BTC-USDT");
            RecordingTransport peer = new RecordingTransport();
            Connection its = small.server().gateway().open(peer, List.of());
            its.onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"kline:BTC-USDT:1m\",\"kline:BTC-USDT:3m\","
                    + "\"kline:BTC-USDT:5m\",\"kline:BTC-USDT:1h\",\"kline:BTC-USDT:5m@1s\"]}}");
            await().until(() -> !peer.events(ReceivedEvent.Subscribed.class).isEmpty());

            List<RoomResult> rooms = peer.last(ReceivedEvent.Subscribed.class).rooms();
            assertThat(rooms).extracting(RoomResult::ok).containsExactly(true, true, true, false, true);
            assertThat(rooms.get(3).code()).isEqualTo("too_many_rooms");

            // 100 at once, then refusals with the time to wait, then the end.
            for (int i = 0; i < 110; i++) {
                its.onText("{\"event\":\"rooms\"}");
            }
            await().until(() -> peer.closeCode().isPresent());
            assertThat(peer.closeCode()).contains(CloseCode.RATE_LIMIT);
            assertThat(peer.closeReason()).startsWith("retry after ").endsWith(" ms");
        }
    }

    @Test
    void beyondTheRateACommandIsRefusedWithTheTimeToWait() {
        for (int i = 0; i < 2_000; i++) {
            connection.onText("{\"event\":\"rooms\"}");
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            connection.onText("{\"event\":\"rooms\"}");
            return !transport.events(ReceivedEvent.Failed.class).isEmpty();
        });

        ReceivedEvent.Failed failed = wait(ReceivedEvent.Failed.class);
        assertThat(failed.code()).isEqualTo("rate_limited");
        assertThat(failed.temporary()).isTrue();
        assertThat(failed.retryAfterMillis()).isBetween(1L, 1_000L);
    }

    @Test
    void tooManyMessagesThatAreNoCommandsEndTheConnectionAndNothingIsDoneAfter() {
        for (int i = 0; i < 5; i++) {
            connection.onText("rubbish");
        }
        connection.onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"trade:BTC-USDT\"]}}");

        await().until(() -> transport.closeCode().isPresent());
        assertThat(transport.closeCode()).contains(CloseCode.BAD_COMMANDS);
        assertThat(transport.events(ReceivedEvent.Subscribed.class)).isEmpty();
    }

    @Test
    void aBinaryMessageEndsTheConnection() {
        connection.onBinary();

        await().until(() -> transport.closeCode().isPresent());
        assertThat(transport.closeCode()).contains(CloseCode.BINARY_NOT_SUPPORTED);
    }

    @Test
    void aFloodOfPingsIsBoundedAndHarmsNobody() {
        for (int i = 0; i < 100_000; i++) {
            connection.onText("PING");
        }
        connection.onText("{\"event\":\"ping\"}");

        wait(ReceivedEvent.Pong.class);
        assertThat(transport.isOpen()).isTrue();
    }

    @Test
    void aStopSendsEveryAckedTradeBeforeItEndsTheConnection(@TempDir Path other) throws IOException {
        RecordingTransport peer = new RecordingTransport();
        try (RunningMarket stopping = new RunningMarket(other)) {
            Instrument instrument = stopping.define("BTC-USDT");
            Connection its = stopping.server().gateway().open(peer, List.of("trade:BTC-USDT@10s"));
            await().until(() -> !peer.events(ReceivedEvent.Subscribed.class).isEmpty());
            stopping.offer(instrument, 5);
            assertThat(its.id()).isNotEmpty();
        }

        assertThat(peer.events(ReceivedEvent.TradeUpdate.class).stream().flatMap(update -> update.trades().stream()))
                .extracting(TradeData::seq)
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(peer.closeCode()).contains(CloseCode.GOING_AWAY);
    }

    private boolean offsetIsLive() {
        return market.server()
                .history()
                .snapshot(btc.symbol())
                .klines(KlineInterval.DAY_1, 480)
                .isPresent();
    }

    private String since(String epochOfCursor, long seq) {
        return "{\"room\":\"trade:BTC-USDT\",\"since\":{\"epoch\":\"" + epochOfCursor + "\",\"seq\":" + seq + "}}";
    }

    private List<RoomResult> subscribe(String rooms) {
        int before = transport.events(ReceivedEvent.Subscribed.class).size();
        connection.onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[" + rooms + "]}}");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> transport.events(ReceivedEvent.Subscribed.class).size() > before);
        return transport.last(ReceivedEvent.Subscribed.class).rooms();
    }

    private List<String> positions() {
        connection.onText("{\"event\":\"rooms\"}");
        return wait(ReceivedEvent.Rooms.class).rooms().stream()
                .map(ReceivedEvent.RoomPosition::room)
                .toList();
    }

    private List<Long> tradeSeqs() {
        List<Long> seqs = new ArrayList<>();
        transport
                .events(ReceivedEvent.TradeUpdate.class)
                .forEach(update -> update.trades().forEach(trade -> seqs.add(trade.seq())));
        return seqs;
    }

    private <E extends ReceivedEvent> E wait(Class<E> kind) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> !transport.events(kind).isEmpty());
        return transport.last(kind);
    }
}
