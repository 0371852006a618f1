package io.agx.market.server.room;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tickers that the member has and that are newer than those the room published. Bounded by the instruments of the room. */
final class SeenTickers extends Seen {
    private final Map<Symbol, Payload.OfTicker> ahead;

    SeenTickers(Map<Symbol, Payload.OfTicker> ahead) {
        this.ahead = new HashMap<>(ahead);
    }

    Map<Symbol, Payload.OfTicker> ahead() {
        return ahead;
    }

    @Override
    public @Nullable Publication beyond(Publication publication) {
        if (!(publication.content() instanceof Content.Tickers all)) {
            return publication;
        }
        List<Payload.OfTicker> unseen = new ArrayList<>(all.tickers().size());
        for (Payload.OfTicker element : all.tickers()) {
            Symbol symbol = element.instrument().symbol();
            Payload.OfTicker had = ahead.get(symbol);
            boolean newer = had == null || TickerRoom.isNewer(element.ticker(), had.ticker());
            if (newer) {
                unseen.add(element);
            }
            if (had != null && (newer || !TickerRoom.isNewer(had.ticker(), element.ticker()))) {
                ahead.remove(symbol);
            }
        }
        if (unseen.isEmpty()) {
            return null;
        }
        return unseen.size() == all.tickers().size()
                ? publication
                : all.encoding().apply(unseen);
    }

    @Override
    public boolean isPassed() {
        return ahead.isEmpty();
    }
}
