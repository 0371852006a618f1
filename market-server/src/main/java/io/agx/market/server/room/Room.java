package io.agx.market.server.room;

import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A room at one rate: its members, and what is due to them.
 *
 * <p>The engine's thread leaves changes in the subclass's pending state and marks the room dirty; everything else happens on the
 * flush thread, which alone publishes, admits and dismisses. So a snapshot given on admission and the messages after it
 * fit without a hole or a duplicate: both follow what was published so far (docs/INVARIANTS.md, 3).
 */
public abstract class Room {
    private final RoomName name;
    private final AtomicBoolean dirty = new AtomicBoolean();
    private final List<Membership> members = new ArrayList<>();
    private Consumer<Room> onDirty = room -> {};

    protected Room(RoomName name) {
        this.name = name;
    }

    public final RoomName name() {
        return name;
    }

    public final int memberCount() {
        return members.size();
    }

    /** Highest {@code seq} published to the members so far; all up to there was sent. */
    public abstract long publishedSeq();

    /** The moment up to which what was published is complete, epoch milliseconds. */
    public abstract long completeTimeMillis();

    /**
     * The state as it was published so far.
     *
     * @param count how many elements of history, 0 or more
     * @return null if {@code count} is 0 or there is nothing yet
     */
    public abstract @Nullable Payload snapshot(int count);

    /** Encodes what is pending and gives it to every member. Called when the room is due. */
    protected abstract void publish(RoomEncoder encoder);

    /** Begins to collect changes; called before the first member is admitted. */
    protected abstract void open();

    final void onDirty(Consumer<Room> listener) {
        onDirty = listener;
    }

    /** Called on the engine's thread after it left a change. */
    protected final void markDirty() {
        if (dirty.compareAndSet(false, true)) {
            onDirty.accept(this);
        }
    }

    /** Called on the flush thread before it takes what is pending: a change that comes later marks the room again. */
    final void clearDirty() {
        dirty.set(false);
    }

    final void admit(Membership membership) {
        membership.index = members.size();
        members.add(membership);
    }

    final void dismiss(Membership membership) {
        int index = membership.index;
        if (index < 0) {
            return;
        }
        Membership last = members.remove(members.size() - 1);
        if (index < members.size()) {
            members.set(index, last);
            last.index = index;
        }
        membership.index = -1;
    }

    protected final void offerToAll(Publication publication) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).offer(publication);
        }
    }
}
