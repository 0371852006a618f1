/**
 * The trade log: gives each trade its {@code seq} and makes it durable before anyone is told. It is the truth; the database
 * and the engine's state are derived from it.
 */
@NullMarked
package io.agx.market.server.journal;

import org.jspecify.annotations.NullMarked;
