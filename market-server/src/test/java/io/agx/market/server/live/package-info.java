/** The whole server as its users meet it: through the client, over real sockets. */
@NullMarked
package io.agx.market.server.live;

import org.jspecify.annotations.NullMarked;
