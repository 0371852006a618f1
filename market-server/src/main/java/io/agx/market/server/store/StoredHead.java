package io.agx.market.server.store;

/**
 * What must be known of an instrument's trades, also of those that are not kept any more. Immutable.
 *
 * @param lastSeq of the newest trade that was stored
 * @param keptSeq from it on every trade is stored; before it some may have been dropped for their age
 * @param newestSeq of the trade with the highest (time, {@code seq})
 * @param newestTimeMillis its time
 * @param newestPrice its price
 * @param newestQuantity its quantity
 */
public record StoredHead(
        int instrumentId,
        long lastSeq,
        long keptSeq,
        long newestSeq,
        long newestTimeMillis,
        long newestPrice,
        long newestQuantity) {}
