/**
 * Where trades come from, and the arrow out of here: {@link io.agx.market.server.feed.TradeSink}.
 *
 * <p>The first room of the way of the data. It knows core only: nothing of ingest, the journal or anyone further down.
 */
@NullMarked
package io.agx.market.server.feed;

import org.jspecify.annotations.NullMarked;
