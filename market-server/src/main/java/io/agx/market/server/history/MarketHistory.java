package io.agx.market.server.history;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.kline.KlineFold;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Candles, tickers and instruments. Thread-safe; a query may wait for the database, so it never runs on a flush or engine
 * thread.
 *
 * <p>Every answer is of one instrument snapshot: what the cache's window covers comes from it, older candles from the store.
 */
public final class MarketHistory {
    /** Most finer candles that are read to fold one answer at another UTC offset: four years of quarter hours. */
    private static final int MAX_FOLDED = 150_000;

    private static final Logger LOG = LoggerFactory.getLogger(MarketHistory.class);

    private final SnapshotCache cache;
    private final MarketStore store;
    private final StateLimits limits;
    private final int maxFolded;

    public MarketHistory(SnapshotCache cache, MarketStore store, StateLimits limits) {
        this(cache, store, limits, MAX_FOLDED);
    }

    /** @param maxFolded most finer candles that are read to fold one answer at another UTC offset */
    public MarketHistory(SnapshotCache cache, MarketStore store, StateLimits limits, int maxFolded) {
        this.cache = cache;
        this.store = store;
        this.limits = limits;
        this.maxFolded = maxFolded;
    }

    /** All instruments, in the order of their symbols. */
    public List<Instrument> instruments() {
        return cache.all().stream().map(InstrumentSnapshot::instrument).toList();
    }

    /** The tickers of all instruments that have traded, in the order of their symbols. */
    public List<Payload.OfTicker> tickers() {
        List<Payload.OfTicker> tickers = new ArrayList<>();
        for (InstrumentSnapshot snapshot : cache.all()) {
            snapshot.ticker().ifPresent(ticker -> tickers.add(new Payload.OfTicker(snapshot.instrument(), ticker)));
        }
        return tickers;
    }

    /**
     * @throws ProtocolException {@link ErrorCode#UNKNOWN_SYMBOL}, or {@link ErrorCode#NOT_FOUND} before its first trade
     */
    public Payload.OfTicker ticker(Symbol symbol) {
        InstrumentSnapshot snapshot = snapshot(symbol);
        return new Payload.OfTicker(
                snapshot.instrument(),
                snapshot.ticker()
                        .orElseThrow(() ->
                                new ProtocolException(ErrorCode.NOT_FOUND, "symbol", symbol + " has not traded yet")));
    }

    /**
     * @throws ProtocolException with {@link ErrorCode#UNKNOWN_SYMBOL}
     */
    public InstrumentSnapshot snapshot(Symbol symbol) {
        return cache.snapshot(symbol)
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.UNKNOWN_SYMBOL, "symbol", "there is no instrument " + symbol));
    }

    /**
     * @throws ProtocolException {@link ErrorCode#UNKNOWN_SYMBOL}; {@link ErrorCode#STORE_BEHIND} if the database is needed and does
     *     not answer, or has not caught up
     */
    public Payload.OfKlines klines(KlinesQuery query) {
        InstrumentSnapshot snapshot = snapshot(query.symbol());
        KlineInterval interval = query.interval();
        int offset = query.utcOffsetMinutes() * 60_000L % interval.nominalMillis() == 0 ? 0 : query.utcOffsetMinutes();
        KlineSource source =
                offset == 0 ? new DirectSource(snapshot, interval) : new FoldedSource(snapshot, interval, offset);
        return new Payload.OfKlines(snapshot.instrument(), select(query, snapshot, source, interval, offset));
    }

    /**
     * All candles with trades that a kept UTC series has with open times in [fromMillis, toMillis), ascending.
     *
     * @throws ProtocolException as {@link #klines}
     */
    public List<Kline> traded(Symbol symbol, KlineInterval interval, long fromMillis, long toMillis) {
        return new DirectSource(snapshot(symbol), interval).traded(fromMillis, toMillis, Integer.MAX_VALUE, false);
    }

    private List<Kline> select(
            KlinesQuery query, InstrumentSnapshot snapshot, KlineSource source, KlineInterval interval, int offset) {
        Long start = query.startTimeMillis();
        Long end = query.endTimeMillis();
        int limit = query.limit();
        boolean newest = start == null;
        long to = end == null ? Long.MAX_VALUE : end + 1;
        if (!query.fill()) {
            List<Kline> traded = source.traded(start == null ? Long.MIN_VALUE : start, to, limit, newest);
            return KlineFold.closedBy(traded, snapshot.clockMillis(), limits.graceMillis());
        }
        long from;
        if (start == null) {
            Optional<Kline> last = source.newestBefore(to);
            if (last.isEmpty()) {
                return List.of();
            }
            long newestOpen = Math.max(
                    last.get().openTimeMillis(),
                    interval.openTimeMillis(Math.min(to - 1, snapshot.clockMillis()), offset));
            from = interval.openTimeMillis(newestOpen - (limit - 1L) * interval.nominalMillis(), offset);
        } else {
            from = start;
        }
        Optional<Kline> previous = source.newestBefore(from);
        if (previous.isEmpty()) {
            List<Kline> first = source.traded(from, to, 1, false);
            if (first.isEmpty()) {
                return List.of();
            }
            from = first.get(0).openTimeMillis();
        }
        long last = newest ? to : Math.min(to, endOf(from, limit, interval));
        List<Kline> traded = source.traded(from, last, Integer.MAX_VALUE, newest);
        List<Kline> filled = KlineFold.fillFlat(
                traded,
                previous.orElse(null),
                interval,
                offset,
                from,
                last,
                snapshot.clockMillis(),
                limits.graceMillis(),
                limit,
                newest);
        return KlineFold.closedBy(filled, snapshot.clockMillis(), limits.graceMillis());
    }

    /** A time after {@code limit} buckets, without overflow. */
    private static long endOf(long from, int limit, KlineInterval interval) {
        return from + (limit + 1L) * interval.nominalMillis();
    }

    /** Where traded candles of one series come from. */
    private interface KlineSource {
        /** With open time in [from, to), ascending; the newest or the oldest {@code limit}. */
        List<Kline> traded(long from, long to, int limit, boolean newest);

        default Optional<Kline> newestBefore(long to) {
            List<Kline> one = traded(Long.MIN_VALUE, to, 1, true);
            return one.isEmpty() ? Optional.empty() : Optional.of(one.get(0));
        }
    }

    /** A series that is kept: the window, and the store before it. */
    private final class DirectSource implements KlineSource {
        private final InstrumentSnapshot snapshot;
        private final KlineWindow window;

        DirectSource(InstrumentSnapshot snapshot, KlineInterval interval) {
            this.snapshot = snapshot;
            this.window = snapshot.klines(interval);
        }

        @Override
        public List<Kline> traded(long from, long to, int limit, boolean newest) {
            long covers = window.coversFrom();
            List<Kline> recent = window.range(Math.max(from, covers), to, Integer.MAX_VALUE);
            if (from >= covers || newest && recent.size() >= limit) {
                return cut(recent, limit, newest);
            }
            List<Kline> klines = new ArrayList<>(stored(from, Math.min(to, covers), limit, newest));
            klines.addAll(recent);
            return cut(klines, limit, newest);
        }

        private List<Kline> stored(long from, long to, int limit, boolean newest) {
            int id = snapshot.instrument().id();
            try {
                long oldestSeq = window.newest(window.size()).get(0).firstSeq();
                if (store.lastSeq(id) < oldestSeq - 1) {
                    throw new ProtocolException(
                            ErrorCode.STORE_BEHIND,
                            null,
                            "older candles of " + snapshot.instrument().symbol() + " are not stored yet");
                }
                return store.klines(id, window.interval(), from, to, limit, newest);
            } catch (StoreException e) {
                LOG.warn(
                        "history cannot be read: symbol={} cause={}",
                        snapshot.instrument().symbol(),
                        e.toString());
                throw new ProtocolException(ErrorCode.STORE_BEHIND, null, "the history cannot be read now");
            }
        }
    }

    /** A series at a UTC offset, folded from the coarsest kept series that divides it. */
    private final class FoldedSource implements KlineSource {
        private final KlineInterval interval;
        private final int offset;
        private final DirectSource finer;

        FoldedSource(InstrumentSnapshot snapshot, KlineInterval interval, int offset) {
            this.interval = interval;
            this.offset = offset;
            this.finer = new DirectSource(snapshot, finerOf(interval, offset));
        }

        @Override
        public List<Kline> traded(long from, long to, int limit, boolean newest) {
            // Buckets of [from, to): none that opened before from, the last one whole.
            long first = from == Long.MIN_VALUE ? from : firstOpenAtOrAfter(from);
            long end = to == Long.MAX_VALUE ? to : firstOpenAtOrAfter(to);
            long perBucket = interval.nominalMillis() / finer.window.interval().nominalMillis();
            int wanted = (int) Math.min(maxFolded, (limit + 1L) * perBucket);
            List<Kline> read = finer.traded(first, end, wanted, newest);
            List<Kline> folded = KlineFold.fold(read, interval, offset);
            boolean cutShort = read.size() == wanted;
            if (cutShort && !folded.isEmpty()) {
                // The bucket at the cut may lack candles.
                folded = newest ? folded.subList(1, folded.size()) : folded.subList(0, folded.size() - 1);
            }
            return cut(folded, limit, newest);
        }

        /** The newest candles, for a series that goes on from here. */
        SeriesStart start(int count) {
            long perBucket = interval.nominalMillis() / finer.window.interval().nominalMillis();
            int wanted = (int) Math.min(maxFolded, (count + 1L) * perBucket);
            List<Kline> read = finer.traded(Long.MIN_VALUE, Long.MAX_VALUE, wanted, true);
            long wholeFrom = Long.MIN_VALUE;
            if (read.size() == wanted) {
                // The bucket at the cut may lack candles.
                long cut = interval.openTimeMillis(read.get(0).openTimeMillis(), offset);
                wholeFrom = interval.nextOpenTimeMillis(cut, offset);
                read = read.subList(indexFrom(read, wholeFrom), read.size());
            }
            long covers = finer.window.coversFrom();
            int whole = covers == Long.MIN_VALUE ? 0 : indexFrom(read, interval.openTimeMillis(covers, offset));
            return new SeriesStart(
                    KlineFold.fold(read.subList(0, whole), interval, offset),
                    List.copyOf(read.subList(whole, read.size())),
                    wholeFrom);
        }

        private static int indexFrom(List<Kline> klines, long fromMillis) {
            int index = 0;
            while (index < klines.size() && klines.get(index).openTimeMillis() < fromMillis) {
                index++;
            }
            return index;
        }

        private long firstOpenAtOrAfter(long timeMillis) {
            long open = interval.openTimeMillis(timeMillis, offset);
            return open == timeMillis ? open : interval.nextOpenTimeMillis(open, offset);
        }
    }

    /** The coarsest series from which an interval at an offset can be folded. */
    static KlineInterval finerOf(KlineInterval interval, int offset) {
        KlineInterval[] all = KlineInterval.values();
        for (int i = interval.ordinal() - 1; i >= 0; i--) {
            if (interval.isDivisibleBy(all[i], offset)) {
                return all[i];
            }
        }
        throw new IllegalStateException(interval + " at " + offset + " minutes has no finer series");
    }

    private static List<Kline> cut(List<Kline> klines, int limit, boolean newest) {
        if (klines.size() <= limit) {
            return klines;
        }
        return newest ? klines.subList(klines.size() - limit, klines.size()) : klines.subList(0, limit);
    }

    /**
     * What a series at a UTC offset goes on from, as of a snapshot. The finer window moves on while trades come, so its candles are not
     * folded here, nor those before it that are of the same bucket.
     *
     * @param whole candles of the series whose buckets end before the finer window begins
     * @param finer traded candles of the finer series from there on, ascending
     * @param wholeFromMillis open time from which no candle is missing, {@link Long#MIN_VALUE} if none is at all
     */
    record SeriesStart(List<Kline> whole, List<Kline> finer, long wholeFromMillis) {}

    /**
     * @param count newest candles of the series that are wanted; some more may be given
     * @throws ProtocolException as {@link #klines}
     */
    SeriesStart seriesStart(InstrumentSnapshot snapshot, KlineInterval interval, int offset, int count) {
        return new FoldedSource(snapshot, interval, offset).start(count);
    }
}
