package io.agx.market.server.room;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code inbox}: the messages of one user, to all connections that have said they are that user's. There is one for each such user, all of one
 * name, so the registry of rooms does not hold it; whoever does is told when the last member has left. Owned by the flush thread.
 */
public final class InboxRoom extends Room {
    /** What is in memory. */
    public interface Source {
        /** The user's newest durable message, delivered here or not. */
        long newestSeq();

        /** Messages with a {@code seq} in [fromSeq, toSeq] that are in memory, ascending. Never waits. */
        List<InboxItem> inMemory(long fromSeq, long toSeq);
    }

    private final Source source;
    private final RoomEncoder encoder;
    private final Runnable onEmptied;
    private final LongSupplier clockMillis;
    private long publishedSeq;
    private long completeTimeMillis;

    /** @param onEmptied called when the last member has left */
    public InboxRoom(Source source, RoomEncoder encoder, LongSupplier clockMillis, Runnable onEmptied) {
        super(RoomName.inbox());
        this.source = source;
        this.encoder = encoder;
        this.clockMillis = clockMillis;
        this.onEmptied = onEmptied;
        // What was durable before is for those who come to ask for; deliveries of it that are still under way are
        // passed over.
        publishedSeq = source.newestSeq();
        completeTimeMillis = clockMillis.getAsLong();
    }

    /** A message that is durable now. One that came before is passed over. */
    public void deliver(UserMessage message, long unreadCount) {
        if (message.seq() <= publishedSeq) {
            return;
        }
        completeTimeMillis = clockMillis.getAsLong();
        ServerEvent event = new ServerEvent.Notification(completeTimeMillis, message, unreadCount);
        byte[] json = encoder.encode(event);
        publishedSeq = message.seq();
        Publication publication = Publication.log(json, message.seq(), message.seq());
        offerToAll(audience -> publication);
    }

    @Override
    public long publishedSeq() {
        return publishedSeq;
    }

    @Override
    public long completeTimeMillis() {
        if (source.newestSeq() == publishedSeq) {
            completeTimeMillis = clockMillis.getAsLong();
        }
        return completeTimeMillis;
    }

    @Override
    public String restOf(long fromSeq) {
        return "/api/v1/users/me/messages?since=" + (fromSeq - 1);
    }

    @Override
    public Entry enter(EntryRequest request, @Nullable Departure departure) {
        Long cursor = request.sinceSeq();
        if (!request.hasCursor() && departure != null) {
            cursor = departure.sentSeq();
        }
        if (cursor == null || cursor > publishedSeq) {
            List<InboxItem> newest = request.wanted() == 0 ? List.of() : upToPublished(request.messages(), 0);
            List<InboxItem> given = newest.subList(Math.max(0, newest.size() - request.wanted()), newest.size());
            return new Entry(publishedSeq, false, given.isEmpty() ? null : new Payload.OfMessages(given), null, null);
        }
        List<InboxItem> missed = upToPublished(request.messages(), cursor);
        long firstGiven =
                missed.isEmpty() ? publishedSeq + 1 : missed.get(0).message().seq();
        boolean all = firstGiven == cursor + 1;
        return new Entry(
                publishedSeq,
                all,
                new Payload.OfMessages(missed),
                null,
                all ? null : new Entry.Lost(cursor + 1, firstGiven - 1));
    }

    /** The messages after a {@code seq} up to what is published that have no hole behind them: what was fetched, and what came meanwhile. */
    private List<InboxItem> upToPublished(List<InboxItem> fetched, long afterSeq) {
        List<InboxItem> found = new ArrayList<>();
        for (InboxItem item : fetched) {
            if (item.message().seq() > afterSeq && item.message().seq() <= publishedSeq) {
                found.add(item);
            }
        }
        long last = found.isEmpty()
                ? afterSeq
                : found.get(found.size() - 1).message().seq();
        if (last < publishedSeq) {
            found.addAll(source.inMemory(last + 1, publishedSeq));
        }
        int from = found.size();
        long next = publishedSeq;
        while (from > 0 && found.get(from - 1).message().seq() == next) {
            from--;
            next--;
        }
        return found.subList(from, found.size());
    }

    @Override
    protected void open() {}

    @Override
    protected void publish(RoomEncoder same) {}

    @Override
    protected void emptied() {
        onEmptied.run();
    }
}
