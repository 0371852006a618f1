package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.history.WindowKlines;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.replay.ReplayLimits;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.OffsetSeries;
import io.agx.market.server.room.Publisher;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.room.RoomRegistry;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.subscriber.SubscriberShard;
import io.agx.market.server.testing.ManualClock;
import io.agx.market.server.testing.RecordingTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code replay}, on real history and a clock that the test moves. */
class ReplaysTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final Symbol SYMBOL = BTC.symbol();
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NOW = ManualClock.START_MILLIS;
    private static final RequestId ID = RequestId.of("past");

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private final RecordingTransport transport = new RecordingTransport();
    private RoomLoop loop;
    private MarketData data;
    private InstrumentState state;
    private StoreWriter writer;
    private Replays replays;
    private Subscriber subscriber;

    @BeforeEach
    void open() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            log.force();
        }
        data = MarketData.open(folder);
        SnapshotCache cache = new SnapshotCache();
        state = Objects.requireNonNull(data.recover(LIMITS, 0).states().get(1));
        cache.register(state);
        MarketHistory history = new MarketHistory(cache, data.store(), LIMITS);
        writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
        loop = new RoomLoop(
                new RoomRegistry(cache, new Publisher(), new WindowKlines(), new NoOffsets()),
                new RoomEncoder(clock::millis),
                () -> {},
                10);
        loop.start();
        replays = new Replays(
                loop,
                history,
                new TradeHistory(history, data.store(), data.log(), writer::storedPosition),
                LIMITS,
                ReplayLimits.DEFAULTS,
                () -> NOW,
                clock::nanos);
        subscriber = connect("c-1", transport);
    }

    @AfterEach
    void close() {
        replays.close();
        loop.close();
        data.close();
    }

    @ParameterizedTest
    @CsvSource({"log", "store", "both"})
    void playsWhatTheLogHasAndWhatTheStoreHas(String where) throws IOException {
        long seed = System.nanoTime();
        RandomTrades random = new RandomTrades(seed, NOW - 200_000_000);
        List<Trade> all = new ArrayList<>(random.next(BTC, 1, 300));
        log(all);
        if (!where.equals("log")) {
            writer.drain();
        }
        if (!where.equals("store")) {
            List<Trade> more = random.next(BTC, 301, 300);
            all.addAll(more);
            log(more);
        }
        long from = all.get(100).timeMillis();
        long to = Math.max(from, all.get(all.size() - 50).timeMillis()) + 1;

        replays.start(
                replay(from, to, 1_000, "trade:" + SYMBOL, "kline:" + SYMBOL + ":1m@raw", "ticker:" + SYMBOL),
                subscriber);
        advanceUntil(() -> !transport.events(ReceivedEvent.Replayed.class).isEmpty());

        List<Long> expected = all.stream()
                .filter(trade -> trade.timeMillis() >= from && trade.timeMillis() < to)
                .map(Trade::seq)
                .toList();
        assertThat(seqs()).as("seed %d", seed).isEqualTo(expected);
        assertThat(transport.last(ReceivedEvent.Replayed.class))
                .isEqualTo(new ReceivedEvent.Replayed(
                        ID, SYMBOL.value(), from, to, expected.size(), expected.get(expected.size() - 1)));
    }

    @ParameterizedTest
    @CsvSource({"log", "store"})
    void playsWhatIsDurableThoughTheEngineHasNotAppliedItYet(String where) throws IOException {
        List<Trade> all = evenTrades(20, NOW - 3_000_000, 33);
        log(all.subList(0, 10));
        writer.drain();
        all.subList(10, 20).forEach(trade -> data.log().append(new LogEntry.TradeAccepted(1, trade)));
        data.log().force();
        if (where.equals("store")) {
            writer.drain();
        }

        replays.start(
                replay(all.get(0).timeMillis(), all.get(19).timeMillis() + 1, 1_000, "trade:" + SYMBOL), subscriber);
        advanceUntil(() -> !transport.events(ReceivedEvent.Replayed.class).isEmpty());

        assertThat(seqs()).isEqualTo(all.stream().map(Trade::seq).toList());
    }

    @Test
    void aStalledReaderStopsTheClockAndMissesNothingWhenItReadsOn() throws IOException {
        List<Trade> all = evenTrades(60_000, NOW - 3_000_000, 33);
        log(all);
        writer.drain();
        long from = all.get(0).timeMillis();
        long to = all.get(all.size() - 1).timeMillis() + 1;
        transport.hold();

        replays.start(replay(from, to, 1_000, "trade:" + SYMBOL, "kline:" + SYMBOL + ":1s@raw"), subscriber);
        advanceUntil(() -> subscriber.playbackBytes() >= 256 << 10);
        clock.advanceMillis(100_000); // At its speed a day and more: all of the stretch.
        long waiting = subscriber.playbackBytes();
        assertThat(waiting).isLessThan((256 << 10) + 2 * 65_536 + 200_000);
        transport.release();
        await().atMost(PATIENCE).until(() -> playedUntilMillis() > from + 249_000);

        assertThat(transport.events(ReceivedEvent.Replayed.class))
                .as("it catches up a quarter of a second, and no more")
                .isEmpty();
        advanceUntil(() -> !transport.events(ReceivedEvent.Replayed.class).isEmpty());
        assertThat(seqs()).isEqualTo(all.stream().map(Trade::seq).toList());
        assertThat(transport.events(ReceivedEvent.Played.class).stream()
                        .map(ReceivedEvent.Played::update)
                        .filter(ReceivedEvent.KlineUpdate.class::isInstance)
                        .map(update -> ((ReceivedEvent.KlineUpdate) update).kline())
                        .filter(kline -> kline.closed())
                        .map(kline -> kline.openTimeMillis()))
                .doesNotHaveDuplicates()
                .isSorted()
                .hasSizeBetween(1_977, 1_979);
    }

    @Test
    void stoppedItSaysHowFarItCameAndAnotherMayBegin() throws IOException {
        List<Trade> all = evenTrades(1_000, NOW - 3_000_000, 1_000);
        log(all);
        long from = all.get(0).timeMillis();
        replays.start(replay(from, from + 1_000_000, 10, "trade:" + SYMBOL), subscriber);
        advanceUntil(() -> seqs().size() > 20);
        ProtocolException second = catchThrowableOfType(
                ProtocolException.class,
                () -> replays.start(replay(from, from + 1_000, 10, "trade:" + SYMBOL), subscriber));

        replays.stop(new ClientCommand.StopReplay(RequestId.of("stop")), subscriber);
        await().atMost(PATIENCE)
                .until(() ->
                        !transport.events(ReceivedEvent.ReplayStopped.class).isEmpty());

        assertThat(second.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
        ReceivedEvent.Replayed end = transport.last(ReceivedEvent.Replayed.class);
        assertThat(end.toTimeMillis()).isLessThan(from + 1_000_000);
        assertThat(seqs()).hasSize((int) end.trades()).endsWith(end.lastSeq());
        assertThat(seqs())
                .isEqualTo(all.stream()
                        .filter(trade -> trade.timeMillis() < end.toTimeMillis())
                        .map(Trade::seq)
                        .toList());
        assertThat(transport.last(ReceivedEvent.ReplayStopped.class).id()).isEqualTo(RequestId.of("stop"));
        replays.start(replay(from, from + 1_000, 1_000, "trade:" + SYMBOL), subscriber);
        advanceUntil(() -> transport.events(ReceivedEvent.Replayed.class).size() == 2);
    }

    @Test
    void stoppedWhileItReadsWhatWasBeforeItSaysSoAndASecondStopIsRefused() throws IOException {
        log(evenTrades(60_000, NOW - 3_000_000, 40));
        writer.drain();
        long from = NOW - 400_000;
        replays.start(replay(from, NOW, 10, "ticker:" + SYMBOL), subscriber);

        replays.stop(new ClientCommand.StopReplay(RequestId.of("stop")), subscriber);
        ProtocolException again = catchThrowableOfType(
                ProtocolException.class,
                () -> replays.stop(new ClientCommand.StopReplay(RequestId.of("again")), subscriber));
        await().atMost(PATIENCE)
                .until(() ->
                        !transport.events(ReceivedEvent.ReplayStopped.class).isEmpty());

        assertThat(again.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(transport.events(ReceivedEvent.ReplayStopped.class))
                .extracting(ReceivedEvent.ReplayStopped::id)
                .containsExactly(RequestId.of("stop"));
        ReceivedEvent.Replayed end = transport.last(ReceivedEvent.Replayed.class);
        assertThat(end.trades()).isZero();
        assertThat(end.toTimeMillis()).isBetween(from, from + 1);
    }

    @Test
    void badRoomsAreRefusedOneByOne() throws IOException {
        log(evenTrades(10, NOW - 100_000, 1_000));

        replays.start(
                replay(
                        NOW - 50_000,
                        NOW,
                        1_000,
                        "trade:" + SYMBOL,
                        "trade:ETH-USDT",
                        "ticker:*",
                        "system",
                        "moon",
                        "kline:" + SYMBOL + ":7m",
                        "trade:" + SYMBOL + "@raw"),
                subscriber);
        advanceUntil(() -> !transport.events(ReceivedEvent.Replayed.class).isEmpty());

        assertThat(transport.last(ReceivedEvent.Replaying.class).rooms())
                .extracting(ReceivedEvent.RoomResult::code)
                .containsExactly("", "bad_field", "bad_field", "bad_field", "unknown_room", "unknown_interval", "");
    }

    @ParameterizedTest
    @CsvSource({
        "-10000, -10000, 1, bad_field, toTime",
        "-10000, 1, 1, bad_field, toTime",
        "-604800001, 0, 1000, too_large, toTime",
        "-86400001, 0, 1, too_large, toTime"
    })
    void aBadRangeIsRefusedWithItsFieldAndNothingBegins(long from, long to, int speed, String code, String field) {
        ProtocolException refusal = catchThrowableOfType(
                ProtocolException.class,
                () -> replays.start(replay(NOW + from, NOW + to, speed, "trade:" + SYMBOL), subscriber));

        assertThat(refusal.code().code()).isEqualTo(code);
        assertThat(refusal.problem().field()).isEqualTo(field);
        assertThat(replays.count()).isZero();
    }

    @Test
    void anUnknownSymbolAndAStopOfNothingAreErrors() {
        Symbol unknown = new Symbol("XRP-USDT");
        ClientCommand.Replay command = new ClientCommand.Replay(
                ID, unknown, NOW - 10, NOW, 1, List.of(RoomRequest.of(RoomName.trade(unknown))));

        assertThat(catchThrowableOfType(ProtocolException.class, () -> replays.start(command, subscriber))
                        .code())
                .isEqualTo(ErrorCode.UNKNOWN_SYMBOL);
        assertThat(catchThrowableOfType(
                                ProtocolException.class,
                                () -> replays.stop(new ClientCommand.StopReplay(ID), subscriber))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void oneMoreThanTheServersBoundIsRefusedForTheTimeBeing() throws IOException {
        log(evenTrades(10, NOW - 100_000, 1_000));
        for (int i = 0; i < ReplayLimits.DEFAULTS.maxAtOnce(); i++) {
            replays.start(
                    replay(NOW - 50_000, NOW, 1, "trade:" + SYMBOL), connect("many-" + i, new RecordingTransport()));
        }

        ProtocolException refusal = catchThrowableOfType(
                ProtocolException.class,
                () -> replays.start(replay(NOW - 50_000, NOW, 1, "trade:" + SYMBOL), subscriber));
        assertThat(refusal.code()).isEqualTo(ErrorCode.BACK_PRESSURE);
        replays.connectionEnded("many-3");
        await().atMost(PATIENCE).until(() -> replays.count() == ReplayLimits.DEFAULTS.maxAtOnce() - 1);
        replays.start(replay(NOW - 50_000, NOW, 1, "trade:" + SYMBOL), subscriber);
    }

    @Test
    void aStopOfTheServerIsToldToWhoIsBeingPlayedTo() throws IOException {
        log(evenTrades(10, NOW - 100_000, 1_000));
        replays.start(replay(NOW - 50_000, NOW, 1, "trade:" + SYMBOL), subscriber);

        replays.close();
        await().atMost(PATIENCE)
                .until(() -> !transport.events(ReceivedEvent.Failed.class).isEmpty());

        assertThat(transport.last(ReceivedEvent.Failed.class).code()).isEqualTo("shutting_down");
        assertThat(transport.last(ReceivedEvent.Failed.class).id()).isEqualTo(ID);
        assertThat(replays.count()).isZero();
    }

    private Subscriber connect(String id, RecordingTransport to) {
        return new Subscriber(
                id,
                to,
                new SubscriberShard(
                        loop, SubscriberLimits.DEFAULTS, clock::millis, clock::nanos, new DeliveryCounters()));
    }

    /** Makes trades durable and known, as if they had been live. */
    private void log(List<Trade> trades) {
        for (Trade trade : trades) {
            data.log().append(new LogEntry.TradeAccepted(1, trade));
            state.apply(trade);
        }
        data.log().force();
        state.flush(MarketListener.NOBODY);
    }

    private static List<Trade> evenTrades(int count, long fromMillis, long everyMillis) {
        List<Trade> trades = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            trades.add(new Trade(i + 1, "t" + i, 100 + i % 7, 10, Side.BUY, fromMillis + i * everyMillis, false));
        }
        return trades;
    }

    private static ClientCommand.Replay replay(long from, long to, int speed, String... rooms) {
        List<RoomRequest> requests = new ArrayList<>();
        for (String room : rooms) {
            requests.add(RoomRequest.of(room));
        }
        return new ClientCommand.Replay(ID, SYMBOL, from, to, speed, requests);
    }

    /** Moves the clock on a little at each look. */
    private void advanceUntil(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            clock.advanceMillis(100);
            return condition.call();
        });
    }

    private List<Long> seqs() {
        return played().map(TradeData::seq).toList();
    }

    private long playedUntilMillis() {
        return played().mapToLong(TradeData::timeMillis).max().orElse(0);
    }

    private Stream<TradeData> played() {
        return transport.events(ReceivedEvent.Played.class).stream()
                .filter(played -> Objects.equals(played.id(), ID))
                .map(ReceivedEvent.Played::update)
                .filter(ReceivedEvent.TradeUpdate.class::isInstance)
                .flatMap(update -> ((ReceivedEvent.TradeUpdate) update).trades().stream());
    }

    private static final class NoOffsets implements OffsetSeries {
        @Override
        public void acquire(RoomName room) {}

        @Override
        public void release(RoomName room) {}
    }
}
