/** The composition root: the only place that knows everyone. Nobody imports it. */
@NullMarked
package io.agx.market.server;

import org.jspecify.annotations.NullMarked;
