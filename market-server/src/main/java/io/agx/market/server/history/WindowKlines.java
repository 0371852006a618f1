package io.agx.market.server.history;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Kline;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.room.KlineSnapshots;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Candles for room snapshots, from the cache's windows alone: never waits. Thread-safe. */
public final class WindowKlines implements KlineSnapshots {
    private static final int MAX_CANDLES = 1_500;

    @Override
    public List<Kline> newest(InstrumentSnapshot snapshot, RoomName room, int count) {
        return window(snapshot, room)
                .map(window -> window.filled(Long.MIN_VALUE, Long.MAX_VALUE, Math.min(count, MAX_CANDLES), true))
                .orElse(List.of());
    }

    @Override
    public @Nullable List<Kline> changedSince(InstrumentSnapshot snapshot, RoomName room, long seq) {
        Optional<KlineWindow> window = window(snapshot, room);
        if (window.isEmpty()) {
            return null;
        }
        List<Kline> traded = window.get().newest(window.get().size());
        if (traded.isEmpty()) {
            return List.of();
        }
        if (window.get().coversFrom() != Long.MIN_VALUE && traded.get(0).seq() > seq) {
            return null; // Older candles that changed since may have left the window.
        }
        // The candle that the cursor stands on is sent again: it may have closed since, at the same seq. So may those
        // before it that
        // ended less than the grace before it began: they were open until then, and their last seq is below the cursor.
        long first = Long.MAX_VALUE;
        long cursorOpen = Long.MIN_VALUE;
        for (Kline kline : traded) {
            if (kline.seq() >= seq) {
                first = Math.min(first, kline.openTimeMillis());
            }
            if (kline.firstSeq() <= seq) {
                cursorOpen = Math.max(cursorOpen, kline.openTimeMillis());
            }
        }
        long endedAfter = cursorOpen == Long.MIN_VALUE
                ? Long.MAX_VALUE
                : cursorOpen - window.get().graceMillis();
        long from = Math.min(
                first,
                endedAfter == Long.MAX_VALUE
                        ? first
                        : Objects.requireNonNull(room.interval()).openTimeMillis(endedAfter, room.utcOffsetMinutes()));
        List<Kline> filled = window.get().filled(from, Long.MAX_VALUE, Integer.MAX_VALUE, true);
        List<Kline> changed = filled.stream()
                .filter(kline -> kline.seq() >= seq || kline.nextOpenTimeMillis() > endedAfter)
                .toList();
        return changed.size() > MAX_CANDLES ? null : changed;
    }

    @Override
    public @Nullable List<Kline> changedBetween(
            InstrumentSnapshot before, InstrumentSnapshot after, RoomName room, Collection<Long> alsoOpenTimes) {
        Optional<KlineWindow> earlier = window(before, room);
        Optional<KlineWindow> later = window(after, room);
        if (earlier.isEmpty() || later.isEmpty()) {
            return null;
        }
        TreeMap<Long, Kline> changed = new TreeMap<>();
        if (before != after) {
            KlineWindow window = later.get();
            if (window.coversFrom() != Long.MIN_VALUE
                    && window.newest(window.size()).get(0).seq() > before.seq()) {
                return null; // Older candles that changed since may have left the window.
            }
            // Traded candles all over the window, late revisions among them; flat ones, and so their closes, among the
            // newest only.
            putChanged(changed, earlier.get().newest(MAX_CANDLES), window.newest(MAX_CANDLES));
            putChanged(changed, newestFilled(earlier.get()), newestFilled(window));
        }
        for (Long openTimeMillis : alsoOpenTimes) {
            List<Kline> one = later.get().filled(openTimeMillis, openTimeMillis + 1, 1, true);
            if (one.isEmpty()) {
                return null;
            }
            changed.put(openTimeMillis, one.get(0));
        }
        return List.copyOf(changed.values());
    }

    private static List<Kline> newestFilled(KlineWindow window) {
        return window.filled(Long.MIN_VALUE, Long.MAX_VALUE, MAX_CANDLES, true);
    }

    private static void putChanged(Map<Long, Kline> changed, List<Kline> before, List<Kline> after) {
        Map<Long, Kline> known = new HashMap<>();
        before.forEach(kline -> known.put(kline.openTimeMillis(), kline));
        for (Kline kline : after) {
            Kline was = known.get(kline.openTimeMillis());
            if (!kline.equals(was)) {
                changed.put(kline.openTimeMillis(), kline);
            }
        }
    }

    private static Optional<KlineWindow> window(InstrumentSnapshot snapshot, RoomName room) {
        return snapshot.klines(Objects.requireNonNull(room.interval(), "interval"), room.utcOffsetMinutes());
    }
}
