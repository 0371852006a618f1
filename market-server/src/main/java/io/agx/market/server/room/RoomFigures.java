package io.agx.market.server.room;

import java.util.List;

/**
 * An open room at one rate and with one selection of fields, as it was at one moment. Immutable.
 *
 * @param room its name without rate and fields
 * @param rate the word after {@code @}
 * @param fields what its payloads have; empty if they have all
 * @param members connections in it
 * @param seq highest {@code seq} published
 * @param timeMillis up to when that is complete, epoch milliseconds
 */
public record RoomFigures(String room, String rate, List<String> fields, int members, long seq, long timeMillis) {
    /**
     * Some of them, and how many there are.
     *
     * @param count all that there are
     * @param rooms those with the most members, the largest first
     */
    public record Largest(int count, List<RoomFigures> rooms) {}
}
