package io.agx.market.server.room;

import org.jspecify.annotations.Nullable;

/**
 * What a member of a state room had when it entered, and the room had not published yet: it is not sent again. Owned by the member,
 * which forgets it once the room has come as far.
 */
public abstract sealed class Seen permits SeenKlines, SeenTickers {
    /** What of a message the member does not have yet: all of it, a part encoded for it alone, or null. */
    public abstract @Nullable Publication beyond(Publication publication);

    /** Whether nothing that the room will publish is in it. */
    public abstract boolean isPassed();
}
