/**
 * Who a peer is and what it may do: tokens become identities. Values and one interface; no Jetty, no jakarta, no sockets.
 */
@NullMarked
package io.agx.market.server.identity;

import org.jspecify.annotations.NullMarked;
