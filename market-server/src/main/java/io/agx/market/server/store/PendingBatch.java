package io.agx.market.server.store;

/**
 * A stretch of the log whose copying was begun and perhaps not ended. Immutable.
 *
 * @param fromPosition log position before it: everything before is in the store
 * @param toPosition log position after it
 */
public record PendingBatch(long fromPosition, long toPosition) {}
