/**
 * Rooms: what changed is encoded once per (room, rate, fields) and offered to every member. One thread, {@code market-flush}, owns all
 * rooms and their members; the engine's threads only leave changes in a room's pending state.
 *
 * <p>It knows core only: no Jetty, no jakarta, no sockets. Subscribers come to it as {@link
 * io.agx.market.server.room.Membership}.
 */
@NullMarked
package io.agx.market.server.room;

import org.jspecify.annotations.NullMarked;
