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
import io.agx.market.server.room.OffsetSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        InstrumentSnapshot snapshot = history.snapshot(series.symbol);
        acquire(room);
        boolean live = false;
        try {
            live = makeLive(snapshot, series);
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

    private boolean makeLive(InstrumentSnapshot snapshot, Series series)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Kline> older =
                history.foldForSeries(snapshot, series.interval, series.utcOffsetMinutes, limits.klinesKept());
        CompletableFuture<Boolean> live = new CompletableFuture<>();
        engine.withState(snapshot.instrument(), state -> {
            try {
                live.complete(state.ensureOffset(
                        series.interval, series.utcOffsetMinutes, merge(older, state.snapshot(), series)));
            } catch (RuntimeException e) {
                live.completeExceptionally(e); // The asker's fault, or its answer: never the engine's end.
            }
        });
        if (!live.get(PREPARE_MILLIS, TimeUnit.MILLISECONDS)) {
            return false;
        }
        awaitFlush(snapshot);
        return true;
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

    /** What was folded before, with the newest buckets folded anew from the engine's own state. */
    private static List<Kline> merge(List<Kline> older, InstrumentSnapshot now, Series series) {
        KlineWindow finer = now.klines(MarketHistory.finerOf(series.interval, series.utcOffsetMinutes));
        List<Kline> recent = finer.newest(finer.size());
        if (recent.isEmpty()) {
            return older;
        }
        List<Kline> folded = KlineFold.fold(recent, series.interval, series.utcOffsetMinutes);
        if (finer.coversFrom() == Long.MIN_VALUE) {
            return folded;
        }
        // The first folded bucket may begin before the window; its trades before that are in the older fold only if no
        // trade came
        // since: buckets that the window covers whole are taken from it, the others from the older fold.
        List<Kline> merged = new ArrayList<>();
        long wholeFrom = folded.size() > 1 ? folded.get(1).openTimeMillis() : Long.MAX_VALUE;
        older.stream().filter(kline -> kline.openTimeMillis() < wholeFrom).forEach(merged::add);
        folded.stream().filter(kline -> kline.openTimeMillis() >= wholeFrom).forEach(merged::add);
        return merged;
    }
}
