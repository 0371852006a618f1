package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import org.junit.jupiter.api.Test;

/** A quote that comes alone moves ticker rooms, whose `seq` and time it leaves as they are. */
class QuoteRoomTest {
    private static final String QUOTE =
            "\"bid\":\"99.99\",\"bidQty\":\"0.005\",\"ask\":\"100.01\",\"askQty\":\"0.007\"";

    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final Subscriber subscriber = rig.connect(transport);

    @Test
    void itIsPushedToEachKindOfTickerRoomAtTheSameSeq() {
        rig.trade(rig.btc, 2);
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        rig.join(subscriber, "ticker:*@raw");
        rig.join(subscriber, "ticker:BTC-*@raw");
        rig.join(subscriber, "trade:BTC-USDT");
        rig.join(subscriber, "kline:BTC-USDT:1m@raw");

        quote(9_999);
        rig.publish();

        assertThat(transport.messages()).hasSize(3).allMatch(text -> text.contains(QUOTE));
        assertThat(transport.messages()).allMatch(text -> text.contains("\"symbol\":\"BTC-USDT\",\"seq\":2,"));
    }

    @Test
    void eachOfSeveralIsPushedWhereTheRateLetsItAndTheNewestWhereNot() {
        rig.trade(rig.btc, 1);
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        RecordingTransport slow = new RecordingTransport();
        rig.join(rig.connect(slow), "ticker:BTC-USDT@1s");
        for (int bid = 9_990; bid < 9_995; bid++) {
            quote(bid);
            rig.publish();
        }
        tickTwice();

        assertThat(transport.messages()).hasSize(5);
        assertThat(slow.messages()).hasSize(1);
        assertThat(slow.messages().get(0)).contains("\"bid\":\"99.94\"");
    }

    @Test
    void whoChoseFieldsIsGivenThoseOfTheQuote() {
        rig.trade(rig.btc, 1);
        rig.subscribe(subscriber, "ticker:BTC-USDT@raw~ask~bid");
        rig.publish();
        transport.clear();
        quote(9_999);
        rig.publish();

        assertThat(transport.messages().get(0))
                .contains("\"room\":\"ticker:BTC-USDT@raw~bid~ask\"")
                .endsWith(",\"bid\":\"99.99\",\"ask\":\"100.01\"}}");
    }

    @Test
    void aSnapshotHasIt() {
        rig.trade(rig.btc, 1);
        quote(9_999);

        rig.subscribe(subscriber, "ticker:BTC-USDT");
        rig.publish();

        assertThat(transport.messages().get(0)).contains(QUOTE);
    }

    @Test
    void aChangeOfRateGivesItOnceAndALaterOneToo() {
        rig.trade(rig.btc, 1);
        rig.subscribe(subscriber, "ticker:BTC-USDT@raw");
        rig.join(rig.connect(new RecordingTransport()), "ticker:BTC-USDT@1s");
        quote(9_998);
        rig.publish();
        transport.clear();

        rig.subscribe(subscriber, "ticker:BTC-USDT@1s"); // Which has not published the quote yet, and does soon.
        tickTwice();
        assertThat(transport.messages()).hasSize(1);
        assertThat(transport.messages().get(0)).contains("\"subscribed\"", "\"bid\":\"99.98\"");

        quote(9_999);
        tickTwice();
        assertThat(transport.messages()).hasSize(2);
        assertThat(transport.messages().get(1)).contains(QUOTE);
    }

    /** What is pending is taken up by one round, and sent by the next. */
    private void tickTwice() {
        for (int i = 0; i < 2; i++) {
            rig.clock.advanceMillis(1_000);
            rig.loop.runDue();
        }
    }

    private void quote(long bid) {
        rig.btc.quote(rig.clock.millis(), bid, 5, 10_001, 7);
        rig.btc.flush(rig.publisher);
    }
}
