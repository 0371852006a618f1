package io.agx.market.core.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One room of a {@code subscribe} or {@code unsubscribe}, as the client wrote it. Immutable.
 *
 * <p>The name is not parsed yet, and an element that is wrong in itself carries its {@code problem}: so that one bad room is
 * answered in its place and never fails the others.
 *
 * @param name the text of the room's name, selected fields included; of a malformed element, what can be shown of it
 * @param since what the client already has, or null if it starts anew
 * @param snapshot how many elements of history it wants, 0 to 1,500, or {@link #UNSET}
 * @param problem why the element is wrong, or null
 */
public record RoomRequest(
        String name,
        @Nullable Cursor since,
        int snapshot,
        @Nullable Problem problem) {

    /** The client did not say: {@link RoomChannel#defaultSnapshot()}. */
    public static final int UNSET = -1;

    /** Most elements of history in one reply. */
    public static final int MAX_SNAPSHOT = 1_500;

    public static RoomRequest of(String name) {
        return new RoomRequest(name, null, UNSET, null);
    }

    public static RoomRequest of(RoomName name) {
        return of(name.toString());
    }

    public RoomRequest since(@Nullable Cursor cursor) {
        return new RoomRequest(name, cursor, snapshot, problem);
    }

    public RoomRequest snapshot(int count) {
        return new RoomRequest(name, since, count, problem);
    }

    /** How many elements of history to send to a room of this channel. */
    public int snapshotFor(RoomChannel channel) {
        return snapshot == UNSET ? channel.defaultSnapshot() : snapshot;
    }

    /**
     * The room that is meant.
     *
     * @throws ProtocolException if the element or its name is wrong
     */
    public RoomName room() {
        if (problem != null) {
            throw new ProtocolException(problem, null);
        }
        return RoomName.parse(name);
    }
}
