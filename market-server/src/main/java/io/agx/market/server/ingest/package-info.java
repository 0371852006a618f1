/**
 * Takes trades on or says why not: validation, bounds on what is in flight, and the arrow to the log, {@link
 * io.agx.market.server.ingest.TradeAppender}. It knows feed and core only.
 */
@NullMarked
package io.agx.market.server.ingest;

import org.jspecify.annotations.NullMarked;
