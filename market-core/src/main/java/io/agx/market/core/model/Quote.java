package io.agx.market.core.model;

/**
 * The best prices of an instrument's book, as a publisher tells them. Immutable. Not journaled: the newest is kept, and gone after a
 * restart.
 *
 * @param version counts the quotes of the instrument in this process, from 1 on: of two with the same time the later is told from the
 *     earlier
 * @param timeMillis when they were, epoch milliseconds UTC
 * @param bid highest price that a buyer offers, in price units; below {@code ask}
 * @param bidQuantity how much is wanted there, in quantity units, above 0
 * @param ask lowest price that a seller asks, in price units
 * @param askQuantity how much is offered there, in quantity units, above 0
 */
public record Quote(long version, long timeMillis, long bid, long bidQuantity, long ask, long askQuantity) {}
