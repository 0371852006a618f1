package io.agx.market.server.testing;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.history.WindowKlines;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.EntryRequest;
import io.agx.market.server.room.OffsetSeries;
import io.agx.market.server.room.Publisher;
import io.agx.market.server.room.Room;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.room.RoomRegistry;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.subscriber.SubscriberRegistry;
import io.agx.market.server.subscriber.SubscriberShard;
import java.util.List;

/** State, rooms and subscribers on one thread: the test's. Time moves when the test moves it. */
public final class MarketRig {
    /** Candles and trades kept: few, so that a test can overrun them. */
    public static final StateLimits LIMITS = new StateLimits(50, 100, 2_000);

    public final ManualClock clock = new ManualClock();
    public final SnapshotCache cache = new SnapshotCache();
    public final Publisher publisher = new Publisher();
    public final RoomEncoder encoder = new RoomEncoder(this::encodingMillis);
    public final SubscriberRegistry subscribers = new SubscriberRegistry();
    public final RoomLoop loop;
    public final InstrumentState btc = define(1, "BTC-USDT");
    public final InstrumentState eth = define(2, "ETH-USDT");
    /** Of {@code raw} rooms; may be changed at any time. */
    public long windowMillis = 10;

    /** Done before each message is encoded: may throw. */
    public Runnable beforeEncoding = () -> {};

    private int nextConnection = 1;

    public MarketRig() {
        this(new OffsetSeries() {
            @Override
            public void acquire(RoomName room) {}

            @Override
            public void release(RoomName room) {}
        });
    }

    public MarketRig(OffsetSeries offsets) {
        loop = new RoomLoop(
                new RoomRegistry(cache, publisher, new WindowKlines(), offsets),
                encoder,
                subscribers::tick,
                () -> windowMillis,
                clock::nanos);
    }

    private long encodingMillis() {
        beforeEncoding.run();
        return clock.millis();
    }

    /** An instrument with prices in cents and quantities in thousandths. */
    public static Instrument instrument(int id, String symbol) {
        return new Instrument(
                id, new Symbol(symbol), symbol.substring(0, 3), "USDT", 2, 3, 1, 1, InstrumentStatus.TRADING);
    }

    /** A new instrument; its clock does not move with {@link #advanceMillis}. */
    public InstrumentState define(int id, String symbol) {
        InstrumentState state = new InstrumentState(instrument(id, symbol), LIMITS);
        state.advance(clock.millis());
        cache.register(state);
        return state;
    }

    /** The next trade of an instrument, at the clock's time; not flushed. */
    public Trade apply(InstrumentState state) {
        long seq = state.seq() + 1;
        Trade trade = new Trade(seq, "t" + seq, 10_000 + seq % 97, 1_000, Side.BUY, clock.millis(), false);
        state.apply(trade);
        return trade;
    }

    /** Trades and flushes them, as the engine's thread does. */
    public void trade(InstrumentState state, int count) {
        for (int i = 0; i < count; i++) {
            apply(state);
        }
        state.flush(publisher);
    }

    /** Moves both clocks, and the instruments with them. */
    public void advanceMillis(long by) {
        clock.advanceMillis(by);
        for (InstrumentState state : new InstrumentState[] {btc, eth}) {
            state.advance(clock.millis());
            state.flush(publisher);
        }
    }

    /** Moves the clocks past a window, and runs what is due. */
    public void publish() {
        clock.advanceMillis(20);
        loop.runDue();
    }

    public Subscriber connect(RecordingTransport transport) {
        return connect(transport, SubscriberLimits.DEFAULTS);
    }

    public Subscriber connect(RecordingTransport transport, SubscriberLimits limits) {
        SubscriberShard shard = new SubscriberShard(loop, limits, clock::millis, clock::nanos, subscribers.counters());
        Subscriber subscriber = new Subscriber("test-" + nextConnection++, transport, shard);
        subscribers.add(subscriber);
        return subscriber;
    }

    /** Joins a room by name. */
    public Room join(Subscriber subscriber, String name) {
        Room room = loop.registry().open(RoomName.parse(name));
        subscriber.join(room);
        return room;
    }

    /** Joins a room by name, in place of one of the same base, and replies as {@code subscribe} does. */
    public Entry subscribe(Subscriber subscriber, String name, EntryRequest request) {
        RoomName wanted = RoomName.parse(name);
        Room room = loop.registry().open(wanted);
        Entry entry = subscriber.join(room, wanted, request);
        Payload payload = entry.payload();
        subscriber.reply(new ServerEvent.Subscribed(
                null,
                List.of(new ServerEvent.RoomReply.Joined(
                        wanted.toString(),
                        entry.seq(),
                        entry.recovered(),
                        payload == null ? null : wanted.fields().of(payload)))));
        return entry;
    }

    /** As above without a cursor, with the channel's default history. */
    public Entry subscribe(Subscriber subscriber, String name) {
        int wanted = RoomName.parse(name).channel().defaultSnapshot();
        return subscribe(subscriber, name, EntryRequest.anew(wanted, 30_000));
    }
}
