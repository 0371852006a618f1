package io.agx.market.server.room;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entering a ticker room: the newest of what the room published and what the member has. Called on the flush thread. */
final class TickerEntry {
    private final Map<Symbol, Payload.OfTicker> state;
    private final Map<Symbol, Payload.OfTicker> ahead = new HashMap<>();

    /** @param published what the room published, by symbol; not changed */
    TickerEntry(Map<Symbol, Payload.OfTicker> published) {
        this.state = new TreeMap<>(published);
    }

    /** Adds what the member has from the room that it leaves. */
    TickerEntry with(@Nullable Departure departure) {
        if (departure != null) {
            departure.room().publishedTickers().values().forEach(this::has);
            if (departure.seen() instanceof SeenTickers seen) {
                seen.ahead().values().forEach(this::has);
            }
        }
        return this;
    }

    /** The member has this ticker, or is given it. */
    void has(Payload.OfTicker element) {
        Symbol symbol = element.instrument().symbol();
        Payload.OfTicker before = state.get(symbol);
        if (TickerRoom.isNewer(element.ticker(), before == null ? null : before.ticker())) {
            state.put(symbol, element);
            ahead.put(symbol, element);
        }
    }

    /** By symbol. */
    Map<Symbol, Payload.OfTicker> state() {
        return state;
    }

    /** What the room will publish although the member has it; null if there is nothing. */
    @Nullable
    Seen seen() {
        return ahead.isEmpty() ? null : new SeenTickers(ahead);
    }
}
