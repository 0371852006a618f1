/**
 * The rolling 24 hours of an instrument, exact to one second.
 *
 * <p>It knows the model and the kline accumulator: no I/O, no clock (time is an argument), no logger, no thread.
 */
@NullMarked
package io.agx.market.core.ticker;

import org.jspecify.annotations.NullMarked;
