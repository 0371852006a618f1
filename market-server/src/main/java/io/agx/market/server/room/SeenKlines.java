package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import org.jspecify.annotations.Nullable;

/** A snapshot that the member has. A room publishes revisions in the order of their flushes, so the first later one ends it. */
final class SeenKlines extends Seen {
    private final InstrumentSnapshot snapshot;
    private boolean passed;

    SeenKlines(InstrumentSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    InstrumentSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public @Nullable Publication beyond(Publication publication) {
        if (publication.content() instanceof Content.Revision revision && revision.version() <= snapshot.version()) {
            return null;
        }
        passed = true;
        return publication;
    }

    @Override
    public boolean isPassed() {
        return passed;
    }
}
