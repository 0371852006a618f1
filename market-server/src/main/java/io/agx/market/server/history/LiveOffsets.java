package io.agx.market.server.history;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.kline.KlineFold;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.history.MarketHistory.SeriesStart;
import io.agx.market.server.room.OffsetSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps candle series at other UTC offsets live for as long as rooms need them. Thread-safe; {@link #prepare} may wait, the rest
 * does not.
 */
public final class LiveOffsets implements OffsetSeries {
    private static final Logger LOG = LoggerFactory.getLogger(LiveOffsets.class);
    private static final long PREPARE_MILLIS = 5_000;

    /** A finer window holds hours at least, and days at the default: only an import goes through one while candles are read. */
    private static final int MAX_ATTEMPTS = 5;

    private final MarketHistory history;
    private final Engine engine;
    private final StateLimits limits;
    // How many rooms and preparations need a series; bounded by the series that an instrument may have.
    private final ConcurrentHashMap<Series, Integer> uses = new ConcurrentHashMap<>();

    private record Series(Symbol symbol, KlineInterval interval, int utcOffsetMinutes) {
        static Series of(RoomName room) {
            return new Series(
                    Objects.requireNonNull(room.symbol(), "symbol"),
                    Objects.requireNonNull(room.interval(), "interval"),
                    room.utcOffsetMinutes());
        }
    }

    public LiveOffsets(MarketHistory history, Engine engine, StateLimits limits) {
        this.history = history;
        this.engine = engine;
        this.limits = limits;
    }

    /**
     * Makes the series of a room live, and waits until its candles are in the cache; {@link #release} undoes it. Not to be
     * called on the flush thread.
     *
     * @throws ProtocolException if there is no such instrument, or too many series are live
     */
    public void prepare(RoomName room) {
        Series series = Series.of(room);
        history.snapshot(series.symbol); // Before the room is counted: there must be such an instrument.
        acquire(room);
        boolean live = false;
        try {
            live = makeLive(series);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(room);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("series not live: room={} cause={}", room, e.toString());
            throw failed(room);
        } finally {
            if (!live) {
                release(room);
            }
        }
        if (!live) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    "room",
                    "at most " + StateLimits.MAX_OFFSET_SERIES
                            + " series at other UTC offsets are kept per instrument");
        }
    }

    /** Series that are held. */
    int heldCount() {
        return uses.size();
    }

    private boolean makeLive(Series series) throws InterruptedException, ExecutionException, TimeoutException {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            InstrumentSnapshot snapshot = history.snapshot(series.symbol);
            Optional<Boolean> live = makeLive(snapshot, series);
            if (live.isPresent()) {
                if (live.get()) {
                    awaitFlush(snapshot);
                }
                return live.get();
            }
        }
        throw new TimeoutException("candles come faster than they are read");
    }

    /** Nothing if so much came while the candles were read that there is a hole behind them. */
    private Optional<Boolean> makeLive(InstrumentSnapshot snapshot, Series series)
            throws InterruptedException, ExecutionException, TimeoutException {
        SeriesStart start =
                history.seriesStart(snapshot, series.interval, series.utcOffsetMinutes, limits.klinesKept());
        CompletableFuture<Optional<Boolean>> live = new CompletableFuture<>();
        engine.withState(snapshot.instrument(), state -> {
            try {
                live.complete(
                        state.hasOffset(series.interval, series.utcOffsetMinutes)
                                ? Optional.of(true)
                                : joined(start, state.snapshot(), series)
                                        .map(klines -> state.ensureOffset(
                                                series.interval,
                                                series.utcOffsetMinutes,
                                                klines,
                                                start.wholeFromMillis())));
            } catch (RuntimeException e) {
                live.completeExceptionally(e); // The asker's fault, or its answer: never the engine's end.
            }
        });
        return live.get(PREPARE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ProtocolException failed(RoomName room) {
        return new ProtocolException(ErrorCode.INTERNAL, "room", "candles of " + room + " could not be prepared");
    }

    @Override
    public void acquire(RoomName room) {
        uses.merge(Series.of(room), 1, Integer::sum);
    }

    @Override
    public void release(RoomName room) {
        Series series = Series.of(room);
        uses.compute(series, (key, count) -> {
            if (count == null || count > 1) {
                return count == null ? null : count - 1;
            }
            engine.withState(
                    history.snapshot(series.symbol).instrument(),
                    state -> state.dropOffset(series.interval, series.utcOffsetMinutes));
            return null;
        });
    }

    /** A second action of the engine: what the first changed has been flushed to the cache before it. */
    private void awaitFlush(InstrumentSnapshot snapshot)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Boolean> flushed = new CompletableFuture<>();
        engine.withState(snapshot.instrument(), state -> flushed.complete(true));
        flushed.get(PREPARE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * The candles of a series as of now: all that the finer window has by now is taken from it, and what has left it from what was read before.
     * So nothing that came since is missing. Nothing if all that was read has left the window: its newest candle may have grown before it did.
     */
    private static Optional<List<Kline>> joined(SeriesStart start, InstrumentSnapshot now, Series series) {
        KlineWindow window = now.klines(MarketHistory.finerOf(series.interval, series.utcOffsetMinutes));
        long coversFrom = window.coversFrom();
        List<Kline> read = start.finer();
        if (coversFrom != Long.MIN_VALUE
                && (read.isEmpty() || read.get(read.size() - 1).openTimeMillis() < coversFrom)) {
            return Optional.empty();
        }
        List<Kline> finer = new ArrayList<>();
        for (Kline kline : read) {
            if (kline.openTimeMillis() < coversFrom) {
                finer.add(kline);
            }
        }
        finer.addAll(window.newest(window.size()));
        List<Kline> klines = new ArrayList<>(start.whole());
        klines.addAll(KlineFold.fold(finer, series.interval, series.utcOffsetMinutes));
        return Optional.of(klines);
    }
}
