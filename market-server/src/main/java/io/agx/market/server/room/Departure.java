package io.agx.market.server.room;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has of a room that it leaves for another one of the same base: all that the room published and what {@code seen} has,
 * but for what still waits and will not be sent. Used within one task of the flush thread.
 *
 * @param sentSeq of a trade room: everything up to here was sent, or told as a gap
 * @param waiting the messages that were not sent, in order
 */
public record Departure(Room room, @Nullable Seen seen, long sentSeq, List<Publication> waiting) {}
