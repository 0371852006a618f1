/**
 * The database: trades, klines and tickers for history queries and for a quick start, written behind the trade log. It
 * follows the log by itself, so nobody upstream waits for it, and nothing in it is more than a copy.
 */
@NullMarked
package io.agx.market.server.store;

import org.jspecify.annotations.NullMarked;
