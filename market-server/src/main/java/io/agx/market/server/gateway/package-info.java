/**
 * The protocol: one class per command, from decoded command to reply. It knows rooms, subscribers and history; no Jetty, no
 * jakarta, no sockets.
 */
@NullMarked
package io.agx.market.server.gateway;

import org.jspecify.annotations.NullMarked;
