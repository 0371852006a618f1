package io.agx.market.server.room;

/**
 * One subscriber's place in one room; what is due to it there waits in the subclass. Owned by the flush thread.
 */
public abstract class Membership {
    private final Room room;
    // Where the room's list has it; kept by the room.
    int index = -1;

    protected Membership(Room room) {
        this.room = room;
    }

    public final Room room() {
        return room;
    }

    /** A message of the room. Never blocks and never throws: what cannot be sent now is kept within a bound, or conflated. */
    protected abstract void offer(Publication publication);
}
