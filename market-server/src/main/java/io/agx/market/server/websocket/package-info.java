/**
 * The Jakarta WebSocket endpoint at {@code /ws} and the portable transport: the same in every container.
 */
@NullMarked
package io.agx.market.server.websocket;

import org.jspecify.annotations.NullMarked;
