/** How messages get to thousands of real sockets, also while some of them misbehave and the server restarts. */
@NullMarked
package io.agx.market.server.delivery;

import org.jspecify.annotations.NullMarked;
