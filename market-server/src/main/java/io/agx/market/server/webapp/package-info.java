/** The WAR's entry: the same server in somebody else's container. */
@NullMarked
package io.agx.market.server.webapp;

import org.jspecify.annotations.NullMarked;
