/** Drills: the disk, the clock, the database or the power fails under load, and what must be true then is looked at from outside. */
@NullMarked
package io.agx.market.server.drill;

import org.jspecify.annotations.NullMarked;
