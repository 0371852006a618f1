/**
 * The values of the field: instruments, trades, tickers, klines, and the exact arithmetic under them.
 *
 * <p>Everything here is immutable, or a pure function. It knows no I/O, no clock, no logger and no thread.
 */
@NullMarked
package io.agx.market.core.model;

import org.jspecify.annotations.NullMarked;
