package io.agx.market.core.cache;

import io.agx.market.core.model.Symbol;

/** Who publishes the snapshots of one instrument: the cache's view of its state. Thread-safe. */
public interface SnapshotSource {
    /** The instrument's name; never changes. */
    Symbol symbol();

    /** The newest published snapshot. */
    InstrumentSnapshot snapshot();
}
