package io.agx.market.core.cache;

import io.agx.market.core.model.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The snapshots of all instruments, by symbol. Thread-safe; reading never waits. Bounded by the number of instruments.
 *
 * <p><b>Memory of one instrument</b>, state and snapshot together, with the default limits, measured by
 * {@code io.agx.market.bench.StateMemory} (JDK 17, 64 bit, compressed pointers): at most about 12.6 MiB, when all 16 windows
 * hold 1,500 candles (24,000 at 260 bytes: 6 MiB), there was a trade in each of the last 86,400 seconds (ring of 56 bytes a
 * second, and up to 16 more where prices rise or fall all day: 6.5 MiB), and 1,000 trades (0.1 MiB). One hour of a trade a
 * second: 0.8 MiB. Without trades: about 9 KiB.
 */
public final class SnapshotCache {
    private final ConcurrentSkipListMap<Symbol, SnapshotSource> sources = new ConcurrentSkipListMap<>();

    /**
     * Makes an instrument visible. Called once per instrument, when its state is ready to be read.
     *
     * @throws IllegalStateException if its symbol is registered already by another source
     */
    public void register(SnapshotSource source) {
        SnapshotSource known = sources.putIfAbsent(source.symbol(), source);
        if (known != null && !known.equals(source)) {
            throw new IllegalStateException("symbol " + source.symbol() + " is registered already");
        }
    }

    /** The newest snapshot of an instrument; nothing if it is unknown. */
    public Optional<InstrumentSnapshot> snapshot(Symbol symbol) {
        SnapshotSource source = sources.get(symbol);
        return source == null ? Optional.empty() : Optional.of(source.snapshot());
    }

    /** The newest snapshot of each instrument, in symbol order. They are not of one moment: each has its own seq. */
    public List<InstrumentSnapshot> all() {
        List<InstrumentSnapshot> snapshots = new ArrayList<>();
        sources.values().forEach(source -> snapshots.add(source.snapshot()));
        return snapshots;
    }
}
