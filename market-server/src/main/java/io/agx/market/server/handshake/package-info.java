/**
 * What a WebSocket handshake must look like (RFC 6455 section 4, RFC 7692 section 7) before a container's own code sees it, as
 * values. It knows neither servlets nor Jetty.
 */
@NullMarked
package io.agx.market.server.handshake;

import org.jspecify.annotations.NullMarked;
