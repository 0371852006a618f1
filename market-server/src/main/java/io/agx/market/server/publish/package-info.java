/**
 * What REST and WebSocket share of publishing: elements from JSON, all-or-nothing, acks in order, who is told of fills. It knows
 * ingest and feed; no Jetty, no jakarta, no rooms, no connections.
 */
@NullMarked
package io.agx.market.server.publish;

import org.jspecify.annotations.NullMarked;
