/**
 * Applies what the journal made durable to the instruments' state. One thread owns each shard of instruments; the
 * arithmetic is core's.
 */
@NullMarked
package io.agx.market.server.engine;

import org.jspecify.annotations.NullMarked;
