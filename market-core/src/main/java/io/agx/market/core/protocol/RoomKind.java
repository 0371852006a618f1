package io.agx.market.core.protocol;

/** What may happen to a room's messages under congestion and after a reconnect. */
public enum RoomKind {
    /** The newest value wins; a reconnect gets the newest value. */
    STATE,
    /** The newest value per key wins (a candle's open time); a reconnect gets every key that changed since its cursor. */
    KEYED_STATE,
    /** Nothing is skipped within the bound, then an explicit gap; a reconnect gets all it missed, or an explicit gap. */
    LOG
}
