package io.agx.market.server.room;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A room at one rate: its members, and what is due to them. Members may have chosen different fields; they share all but the encoded
 * messages, so what they choose costs the engine's thread nothing.
 *
 * <p>The engine's thread leaves changes in the subclass's pending state and marks the room dirty; everything else happens on the
 * flush thread, which alone publishes, admits and dismisses. So a snapshot given on admission and the messages after it
 * fit without a hole or a duplicate: both follow what was published so far (docs/INVARIANTS.md, 3).
 */
public abstract class Room {
    private final RoomName name;
    private final AtomicBoolean dirty = new AtomicBoolean();
    private final Map<FieldSelection, Audience> audiences = new LinkedHashMap<>(2);
    private int memberCount;
    private Consumer<Room> onDirty = room -> {};

    protected Room(RoomName name) {
        this.name = name;
    }

    public final RoomName name() {
        return name;
    }

    public final int memberCount() {
        return memberCount;
    }

    /** Those that chose the same fields, for each choice. Called on the flush thread. */
    final Collection<Audience> audiences() {
        return audiences.values();
    }

    /** Highest {@code seq} published to the members so far; all up to there was sent. */
    public abstract long publishedSeq();

    /** The moment up to which what was published is complete, epoch milliseconds. */
    public abstract long completeTimeMillis();

    /** The REST URL, without the host, that has a log room's messages from a {@code seq} on. */
    public String restOf(long fromSeq) {
        throw new IllegalStateException("room " + name + " loses nothing that could be told");
    }

    /** The last member has left. Called on the flush thread. */
    protected void emptied() {}

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

    /**
     * What a member that enters now is given, and where its messages go on. Changes nothing.
     *
     * @param departure what it has from the room of the same base that it leaves, this one included; or null
     * @throws ProtocolException {@link ErrorCode#TOO_LARGE} of a pattern's room, if it has more tickers than the request's limit
     */
    public abstract Entry enter(EntryRequest request, @Nullable Departure departure);

    /** Of a ticker room: the tickers that it published, by symbol; of another none. */
    Map<Symbol, Payload.OfTicker> publishedTickers() {
        return Map.of();
    }

    final void admit(Membership membership) {
        audiences
                .computeIfAbsent(membership.name().fields(), fields -> new Audience(name.with(fields)))
                .admit(membership);
        memberCount++;
    }

    final void dismiss(Membership membership) {
        Audience audience = audiences.get(membership.name().fields());
        if (membership.index < 0 || audience == null) {
            return;
        }
        audience.dismiss(membership);
        memberCount--;
        if (memberCount == 0) {
            emptied();
        }
        if (audience.isEmpty()) {
            audiences.remove(audience.fields());
        }
    }

    /** Fails every member: what was pending is taken already, and some may not have been offered it. */
    final void failMembers() {
        List<Membership> all = new ArrayList<>(memberCount);
        audiences.values().forEach(audience -> audience.addTo(all));
        all.forEach(Membership::fail); // Each leaves its rooms, this one among them.
    }

    /** Offers a message, encoded once for those who chose the same fields. */
    final void offerToAll(Function<Audience, Publication> encoding) {
        audiences.values().forEach(audience -> audience.offer(encoding.apply(audience)));
    }
}
