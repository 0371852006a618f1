package io.agx.market.server.store;

import java.util.UUID;

/**
 * An import that was begun and has not ended: until it has, the store's rows are not whole. Immutable.
 *
 * @param epoch of the log that the export is of
 * @param position of that log up to which the export has everything
 */
public record ImportMark(UUID epoch, long position) {}
