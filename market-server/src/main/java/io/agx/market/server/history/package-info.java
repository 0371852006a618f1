/**
 * Questions about the past and the present, answered from the cache where it reaches, else from the store, else from the
 * log: one answer for WebSocket and REST.
 */
@NullMarked
package io.agx.market.server.history;

import org.jspecify.annotations.NullMarked;
