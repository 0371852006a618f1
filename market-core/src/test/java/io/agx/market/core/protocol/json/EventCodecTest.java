package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventCodecTest {
    @Test
    void skippedIsAddedBehindTheSharedBytes() {
        byte[] shared = EventEncoder.encode(Samples.event("push-kline-flat"));
        byte[] before = shared.clone();

        byte[] variant = EventEncoder.withSkipped(shared, 12);

        assertThat(shared).isEqualTo(before);
        String text = new String(shared, StandardCharsets.UTF_8);
        assertThat(new String(variant, StandardCharsets.UTF_8))
                .isEqualTo(text.substring(0, text.length() - 1) + ",\"skipped\":12}");
        assertThat(((ReceivedEvent.KlineUpdate) EventDecoder.decode(new String(variant, StandardCharsets.UTF_8)))
                        .skipped())
                .isEqualTo(12);
    }

    @Test
    void tickerIsReadWithExactDecimals() {
        ReceivedEvent.TickerUpdate update = (ReceivedEvent.TickerUpdate) received("push-ticker");

        assertThat(update.room()).isEqualTo("ticker:BTC-USDT");
        assertThat(update.seq()).isEqualTo(812);
        assertThat(update.tickers())
                .containsExactly(new TickerData(
                        "BTC-USDT",
                        812,
                        Samples.NOW,
                        new BigDecimal("65432.05"),
                        new BigDecimal("0.00000001"),
                        new BigDecimal("66000"),
                        new BigDecimal("66500.5"),
                        new BigDecimal("65000"),
                        new BigDecimal("-567.95"),
                        new BigDecimal("-0.861"),
                        new BigDecimal("65600"),
                        new BigDecimal("2500"),
                        new BigDecimal("164000000"),
                        811,
                        1_763_758_801_000L,
                        Samples.NOW));
    }

    @Test
    void aTickerHasItsQuoteOrNone() {
        TickerData quoted = ((ReceivedEvent.TickerUpdate) received("push-ticker-quote"))
                .tickers()
                .get(0);
        TickerData unquoted =
                ((ReceivedEvent.TickerUpdate) received("push-ticker")).tickers().get(0);

        assertThat(quoted.bid()).isEqualTo("65432");
        assertThat(quoted.bidQty()).isEqualTo("0.5");
        assertThat(quoted.ask()).isEqualTo("65432.1");
        assertThat(quoted.askQty()).isEqualTo("2");
        assertThat(unquoted.bid()).isNull();
        assertThat(unquoted.askQty()).isNull();
    }

    @Test
    void aPublishersCreditIsRead() {
        assertThat(((ReceivedEvent.Published) received("published")).credit()).isEqualTo(3_584);
        assertThat(((ReceivedEvent.Published) received("published-quotes")).results())
                .containsExactly(new ReceivedEvent.PublishResult(true, 0, false, "", ""));
    }

    @Test
    void klineIsReadWithItsInclusiveCloseTime() {
        KlineData kline = ((ReceivedEvent.KlineUpdate) received("push-kline")).kline();

        assertThat(kline.openTimeMillis()).isEqualTo(1_763_845_200_000L);
        assertThat(kline.closeTimeMillis()).isEqualTo(1_763_845_259_999L);
        assertThat(kline.interval()).isEqualTo("1m");
        assertThat(kline.volume()).isEqualByComparingTo("0.50000001");
        assertThat(kline.closed()).isFalse();
        assertThat(kline.cause()).isEqualTo("trade");
    }

    @Test
    void tradesAreReadInOrderWithTheirSides() {
        ReceivedEvent.TradeUpdate update = (ReceivedEvent.TradeUpdate) received("push-trade");

        assertThat(update.seq()).isEqualTo(813);
        assertThat(update.trades()).extracting(TradeData::seq).containsExactly(811L, 812L, 813L);
        assertThat(update.trades()).extracting(TradeData::takerSide).containsExactly(Side.BUY, Side.SELL, Side.UNKNOWN);
        assertThat(update.trades().get(0).quoteQty()).isEqualByComparingTo("32716.05");
    }

    @Test
    void subscribedHoldsOneResultPerRoomWithItsSnapshot() {
        ReceivedEvent.Subscribed subscribed = (ReceivedEvent.Subscribed) received("subscribed");

        assertThat(subscribed.id()).isEqualTo(RequestId.of(7));
        List<ReceivedEvent.RoomResult> rooms = subscribed.rooms();
        assertThat(rooms).extracting(ReceivedEvent.RoomResult::ok).containsExactly(true, true, true, true, true, false);
        assertThat(rooms.get(0).snapshot().tickers()).hasSize(1);
        assertThat(rooms.get(1).snapshot().tickers()).hasSize(1);
        assertThat(rooms.get(2).snapshot().klines()).hasSize(1);
        assertThat(rooms.get(3).snapshot().trades()).hasSize(2);
        assertThat(rooms.get(3).recovered()).isTrue();
        assertThat(rooms.get(4).snapshot()).isEqualTo(ReceivedEvent.Snapshot.EMPTY);
        assertThat(rooms.get(5).code()).isEqualTo("unknown_symbol");
    }

    @Test
    void everyOtherEventIsRead() {
        assertThat(received("welcome"))
                .isEqualTo(new ReceivedEvent.Welcome(
                        "c-1",
                        "market.v1+json",
                        Samples.NOW,
                        Samples.EPOCH,
                        "node-1",
                        Map.of("messageBytes", 65_536L, "rooms", 1_024L),
                        10_000));
        assertThat(received("gap"))
                .isEqualTo(new ReceivedEvent.Gap(
                        "trade:BTC-USDT", 700, 799, "/api/v1/trades?symbol=BTC-USDT&fromSeq=700"));
        assertThat(received("heartbeat"))
                .isEqualTo(new ReceivedEvent.Heartbeat(
                        Samples.NOW, List.of(new ReceivedEvent.RoomPosition("trade:BTC-USDT", 812, Samples.NOW - 1))));
        assertThat(received("pong"))
                .isEqualTo(new ReceivedEvent.Pong(RequestId.of(7), Samples.NOW - 5, Samples.NOW, Samples.NOW + 1));
        assertThat(received("error"))
                .isEqualTo(new ReceivedEvent.Failed(
                        RequestId.of(7), "bad_field", "limit must be 1 to 1500, was 0", false, "limit", 0));
        assertThat(((ReceivedEvent.Failed) received("error-temporary")).retryAfterMillis())
                .isEqualTo(250);
        assertThat(received("ticker")).isInstanceOf(ReceivedEvent.Tickers.class);
        assertThat(((ReceivedEvent.Tickers) received("tickers")).tickers()).hasSize(1);
        assertThat(((ReceivedEvent.TickerUpdate) received("push-tickers")).seq())
                .isZero();
        assertThat(((ReceivedEvent.Klines) received("klines")).klines()).hasSize(2);
        assertThat(((ReceivedEvent.Trades) received("trades")).trades()).hasSize(2);
        assertThat(((ReceivedEvent.Instruments) received("instruments"))
                        .instruments()
                        .get(0)
                        .stepSize())
                .isEqualByComparingTo("0.00001");
        assertThat(received("drain")).isEqualTo(new ReceivedEvent.Drain(1_500, "wss://b.example/ws"));
        assertThat(received("replayed"))
                .isEqualTo(new ReceivedEvent.Replayed(
                        RequestId.of(7), "BTC-USDT", Samples.NOW - 60_000, Samples.NOW, 2, 812));
        assertThat(received("replay_stopped")).isEqualTo(new ReceivedEvent.ReplayStopped(RequestId.of("a-7")));
        assertThat(received("system")).isEqualTo(new ReceivedEvent.Notice(Samples.NOW, "maintenance at 12:00 UTC"));
        assertThat(((ReceivedEvent.Published) received("published")).results())
                .containsExactly(
                        new ReceivedEvent.PublishResult(true, 813, false, "", ""),
                        new ReceivedEvent.PublishResult(true, 0, true, "", ""),
                        new ReceivedEvent.PublishResult(
                                false, 0, false, "price_off_tick", "price must be a multiple of 0.01"));
        assertThat(((ReceivedEvent.Unsubscribed) received("unsubscribed")).rooms())
                .hasSize(2);
        assertThat(((ReceivedEvent.Rooms) received("rooms")).rooms()).hasSize(1);
    }

    @Test
    void aMessageOfARoomWithAnIdIsPartOfAReplay() {
        ReceivedEvent.Played trades = (ReceivedEvent.Played) received("played-trade");
        ReceivedEvent.Played kline = (ReceivedEvent.Played) received("played-kline");

        assertThat(trades.id()).isEqualTo(RequestId.of(7));
        assertThat(((ReceivedEvent.TradeUpdate) trades.update()).trades()).hasSize(2);
        assertThat(kline.id()).isEqualTo(RequestId.of("a-7"));
        assertThat(kline.update()).isEqualTo(received("push-kline"));
        assertThat(((ReceivedEvent.Replaying) received("replaying")).rooms())
                .extracting(ReceivedEvent.RoomResult::ok)
                .containsExactly(true, false);
    }

    @Test
    void newerFieldsAndEventsAreIgnored() {
        assertThat(EventDecoder.decode("{\"event\":\"candle_v9\",\"id\":3,\"data\":7}"))
                .isEqualTo(new ReceivedEvent.Unknown(RequestId.of(3), "candle_v9"));
        assertThat(EventDecoder.decode("{\"event\":\"gap\",\"x\":1,\"room\":\"trade:A\","
                        + "\"data\":{\"fromSeq\":1,\"toSeq\":2,\"y\":[]}}"))
                .isEqualTo(new ReceivedEvent.Gap("trade:A", 1, 2, ""));
    }

    @Test
    void anEventThatLacksItsPartsIsRefused() {
        for (String text : List.of("7", "{}", "{\"event\":\"kline\",\"room\":\"r\",\"seq\":1,\"data\":{}}", "x")) {
            assertThatThrownBy(() -> EventDecoder.decode(text)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> EventDecoder.decode("{\"event\":\"trade\",\"room\":\"r\",\"seq\":1,\"data\":"
                        + "[{\"seq\":1,\"id\":\"a\",\"price\":\"1e9\",\"qty\":\"1\",\"quoteQty\":\"1\",\"time\":0}]}"))
                .hasMessageContaining("price must be a plain decimal, was \"1e9\"");
    }

    private static ReceivedEvent received(String sample) {
        return EventDecoder.decode(EventEncoder.toText(Samples.event(sample)));
    }
}
