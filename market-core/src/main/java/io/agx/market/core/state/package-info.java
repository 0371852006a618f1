/**
 * The live state of instruments, one writer each: trades and time go in, changes come out at each flush.
 *
 * <p>It knows the model, klines, tickers and the cache's snapshots: no I/O, no clock (time is an argument), no logger, no
 * thread of its own, no rooms and no store.
 */
@NullMarked
package io.agx.market.core.state;

import org.jspecify.annotations.NullMarked;
