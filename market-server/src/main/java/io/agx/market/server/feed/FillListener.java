package io.agx.market.server.feed;

import java.util.List;

/** Who hears of fills before their publisher is answered. Thread-safe; may wait for the disk. */
public interface FillListener {
    FillListener NOBODY = fills -> {};

    /**
     * Returns when all that the users are told of these fills is durable. The same fill may come again, and is told once.
     *
     * @throws LogUnavailableException if it cannot be made durable now; the publisher is told so and offers the trades again
     */
    void onFills(List<Fill> fills);
}
