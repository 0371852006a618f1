package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PatternRoomTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final Subscriber subscriber = rig.connect(transport);

    @Test
    void aPatternHasTheInstrumentsThatMatchAndNoOthers() {
        rig.trade(rig.btc, 1);
        rig.trade(rig.eth, 1);
        Entry entry = rig.subscribe(subscriber, "ticker:BTC-*@raw");
        rig.trade(rig.btc, 1);
        rig.trade(rig.eth, 1);
        rig.publish();

        assertThat(((Payload.OfTickers) entry.payload()).tickers())
                .extracting(each -> each.instrument().symbol().value())
                .containsExactly("BTC-USDT");
        assertThat(live()).containsExactly("BTC-USDT 2");
    }

    @Test
    void anInstrumentThatIsDefinedLaterAndMatchesIsInIt() {
        rig.join(subscriber, "ticker:*-EUR@raw");
        rig.join(subscriber, "ticker:*@raw");
        rig.trade(rig.btc, 1);
        rig.publish();
        transport.clear();

        InstrumentState later = rig.define(3, "BTC-EUR");
        rig.trade(later, 1);
        rig.publish();

        assertThat(transport.events(ReceivedEvent.TickerUpdate.class))
                .extracting(ReceivedEvent.TickerUpdate::room)
                .containsExactlyInAnyOrder("ticker:*-EUR@raw", "ticker:*@raw");
        assertThat(live()).containsOnly("BTC-EUR 1");
    }

    @Test
    void aTickerIsOfferedToTheRoomsThatMatchOnlyWhetherItWasSeenBeforeTheyOpenedOrNot() {
        PatternRooms rooms = new PatternRooms();
        OfferedTo btc = new OfferedTo(rooms, "ticker:BTC-*");
        Instrument bitcoin = rig.btc.instrument();
        rig.trade(rig.btc, 1);
        Ticker ticker = rig.btc.snapshot().ticker().orElseThrow();
        rooms.onTicker(bitcoin, ticker);
        OfferedTo usdt = new OfferedTo(rooms, "ticker:*-USDT");
        OfferedTo eth = new OfferedTo(rooms, "ticker:ETH-*");
        rooms.onTicker(bitcoin, ticker);
        rooms.remove(btc.room);
        rooms.onTicker(bitcoin, ticker);

        assertThat(btc.dirtied).isEqualTo(2);
        assertThat(btc.room.matches(new Symbol("BTC-EUR"))).isTrue();
        assertThat(usdt.dirtied).isEqualTo(2);
        assertThat(eth.dirtied).isZero();
    }

    @Test
    void membersOfOnePatternAndSelectionShareOneEncoding() {
        for (String name : List.of("ticker:*-USDT@raw", "ticker:*-USDT@raw~last", "ticker:*-USDT@raw~last~symbol")) {
            rig.join(rig.connect(new RecordingTransport()), name.replaceAll("~.*", ""));
            rig.subscribe(rig.connect(new RecordingTransport()), name);
        }
        rig.trade(rig.btc, 1);
        rig.trade(rig.eth, 1);
        rig.publish();

        assertThat(rig.encoder.encodingCount()).isEqualTo(2);
        assertThat(rig.loop.registry().all()).hasSize(1);
    }

    @Test
    void moreRoomsOfPatternsThanTheServerMayHaveAreRefusedByNameOfTheLimit() {
        for (int i = 0; i < RoomRegistry.MAX_PATTERN_ROOMS; i++) {
            rig.join(subscriber, "ticker:A" + i + "*");
        }
        RoomName oneMore = RoomName.parse("ticker:B*");
        assertThatThrownBy(() -> rig.loop.registry().open(oneMore))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_ROOMS))
                .hasMessageContaining("256");
        rig.join(subscriber, "ticker:*");
        rig.join(subscriber, "ticker:A7*@250ms~low");

        subscriber.leave(RoomName.parse("ticker:A0*"));
        rig.join(subscriber, "ticker:B*");
    }

    private List<String> live() {
        return transport.events(ReceivedEvent.TickerUpdate.class).stream()
                .flatMap(update -> update.tickers().stream())
                .map((TickerData ticker) -> ticker.symbol() + " " + ticker.seq())
                .toList();
    }

    /** A room that is published at once, so that each offer shows. */
    private final class OfferedTo {
        private final PatternRoom room;
        private int dirtied;

        OfferedTo(PatternRooms rooms, String name) {
            RoomName parsed = RoomName.parse(name);
            room = new PatternRoom(parsed, Objects.requireNonNull(parsed.pattern()), rig.cache);
            room.onDirty(dirty -> {
                dirtied++;
                dirty.clearDirty();
            });
            rooms.add(room);
        }
    }
}
