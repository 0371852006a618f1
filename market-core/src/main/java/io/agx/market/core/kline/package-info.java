/**
 * Candles: buckets of trades, exact and independent of the order of arrival, and the rules by which they close.
 *
 * <p>It knows the model only: no I/O, no clock (time is an argument), no logger, no thread, no ticker and no state.
 */
@NullMarked
package io.agx.market.core.kline;

import org.jspecify.annotations.NullMarked;
