package io.agx.market.server.room;

import io.agx.market.core.protocol.RoomName;

/**
 * One subscriber's place in one room; what is due to it there waits in the subclass. Owned by the flush thread.
 */
public abstract class Membership {
    private final Room room;
    private final RoomName name;
    private final long startSeq;
    // Where the room's list has it, -1 outside of it; kept by the room.
    int index = -1;

    /**
     * @param name the room's, with the fields that this member chose
     * @param startSeq what the reply to the member goes up to; the room may have published less
     */
    protected Membership(Room room, RoomName name, long startSeq) {
        this.room = room;
        this.name = name;
        this.startSeq = startSeq;
    }

    public final Room room() {
        return room;
    }

    /** The room's name with the member's fields. */
    public final RoomName name() {
        return name;
    }

    /** All trades up to here were offered to the member, or in its reply. */
    public final long seq() {
        return Math.max(room.publishedSeq(), startSeq);
    }

    /** A message of the room. Never blocks and never throws: what cannot be sent now is kept within a bound, or conflated. */
    protected abstract void offer(Publication publication);

    /** The room failed, and may not have offered all that there was: the member must not go on as if it had. */
    protected abstract void fail();
}
