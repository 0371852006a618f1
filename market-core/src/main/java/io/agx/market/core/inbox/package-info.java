/**
 * A user's inbox as state: messages, and which of them are kept and read. Pure values; no clock, no I/O, no threads.
 */
@NullMarked
package io.agx.market.core.inbox;

import org.jspecify.annotations.NullMarked;
