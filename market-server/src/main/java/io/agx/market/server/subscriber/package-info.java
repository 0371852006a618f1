/**
 * A connection's side of the rooms: what is due to it, how much may wait, and when it is too slow or silent. It knows rooms and
 * core; what writes to its socket stands behind {@link io.agx.market.server.subscriber.Transport}.
 */
@NullMarked
package io.agx.market.server.subscriber;

import org.jspecify.annotations.NullMarked;
