package io.agx.market.server.history;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Kline;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.room.KlineSnapshots;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
        // The candle that the cursor stands on is sent again: it may have closed since, at the same seq.
        long first = Long.MAX_VALUE;
        for (Kline kline : traded) {
            if (kline.seq() >= seq) {
                first = Math.min(first, kline.openTimeMillis());
            }
        }
        List<Kline> filled = window.get().filled(first, Long.MAX_VALUE, Integer.MAX_VALUE, true);
        List<Kline> changed =
                filled.stream().filter(kline -> kline.seq() >= seq).toList();
        return changed.size() > MAX_CANDLES ? null : changed;
    }

    private static Optional<KlineWindow> window(InstrumentSnapshot snapshot, RoomName room) {
        return snapshot.klines(Objects.requireNonNull(room.interval(), "interval"), room.utcOffsetMinutes());
    }
}
