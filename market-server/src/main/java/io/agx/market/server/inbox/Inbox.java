package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.inbox.InboxRequest.Draft;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.EntryRequest;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.store.InboxStore;
import io.agx.market.server.store.InboxStore.KeyLookup;
import io.agx.market.server.store.StoreException;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users' private messages. Thread-safe; what is to be called on the flush thread says so.
 *
 * <p>A message is an entry of the trade log and is acknowledged when that is forced; the store has it later (docs/adr/0010). A sender waits for
 * the disk, and with an idempotency key of unknown age for the database.
 */
public final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int SWEPT_USERS = 1_000;
    private static final KeyLookup NO_LOOKUP = new KeyLookup(0, OptionalLong.empty());

    private final Supplier<InboxLimits> limits;
    private final InboxHeads heads;
    private final MessageKeys keys;
    private final RecentMessages recent;
    private final InboxStore store;
    private final InboxReader reader;
    private final UnreadPushes pushes;
    private final InboxRooms rooms;
    private final InboxWriter writer;
    private final RoomLoop loop;
    private final LongSupplier clockMillis;
    private final InboxCounters counters = new InboxCounters();
    // The store thread's own.
    private long nextSweepNanos = System.nanoTime();

    /**
     * @param limits how many users and messages are kept, and how long, is asked for whenever it applies; the rest once
     * @param clockMillis the wall clock, which messages are stamped with
     */
    public Inbox(
            Journal journal,
            InboxRecovery recovered,
            InboxStore store,
            RoomLoop loop,
            RoomEncoder encoder,
            SubscriberRegistry subscribers,
            Supplier<InboxLimits> limits,
            LongSupplier clockMillis) {
        this.limits = limits;
        this.store = store;
        this.loop = loop;
        this.clockMillis = clockMillis;
        heads = recovered.heads();
        keys = recovered.keys();
        recent = recovered.recent();
        reader = new InboxReader(heads, recent, store);
        pushes = new UnreadPushes(reader);
        rooms = new InboxRooms(loop, encoder, subscribers, heads, reader, counters, clockMillis, pushes::changed);
        writer = new InboxWriter(journal, recovered, rooms, counters, limits, clockMillis);
    }

    /** Starts the threads; the journal and the flush thread are started before. */
    public void start() {
        pushes.start((userId, messages) -> loop.execute(() -> rooms.tellUnreadMessages(userId, messages)));
        writer.start();
    }

    /** Makes durable what waits, and ends the threads; the journal must still take entries. Idempotent. */
    @Override
    public void close() {
        writer.close();
        pushes.close();
    }

    /**
     * Keeps messages, each under the next {@code seq} of its user and with the time of now; {@code seq} and time of the drafts are not looked at.
     * One with a key that its user's inbox has already is told as a duplicate. May wait for the database.
     *
     * @param drafts at most {@value InboxLimits#MAX_BATCH}
     * @return one result for each, in order, once all that were kept are durable; fails with {@link
     *     io.agx.market.server.feed.LogUnavailableException} or {@link ProtocolException}, then nothing was kept
     * @throws ProtocolException with {@link ErrorCode#BACK_PRESSURE} if too much waits; nothing was kept
     */
    public CompletableFuture<List<SendResult>> send(List<UserMessage> drafts) {
        List<Draft> looked = new ArrayList<>(drafts.size());
        for (UserMessage draft : drafts) {
            looked.add(new Draft(draft, draft.key() == null ? null : lookUp(draft.userId(), draft.key())));
        }
        return sendLooked(looked);
    }

    CompletableFuture<List<SendResult>> sendLooked(List<Draft> drafts) {
        InboxRequest.Send request = new InboxRequest.Send(List.copyOf(drafts), new CompletableFuture<>());
        offer(request);
        return request.answer();
    }

    /** What the store knows of a key; it is asked only where memory may have forgotten one. */
    KeyLookup lookUp(String userId, String key) {
        if (keys.forgottenPosition() == 0) {
            return NO_LOOKUP;
        }
        try {
            return store.key(userId, key);
        } catch (StoreException e) {
            LOG.warn("keys of messages cannot be read: cause={}", e.toString());
            return NO_LOOKUP;
        }
    }

    /**
     * Marks messages as read: some, all up to a {@code seq}, or both; those that are not there are passed over.
     *
     * @param by the connection that asked: it is answered, with the id; null if it was none
     * @return how many are unread, once that is durable; fails as {@link #send}
     * @throws ProtocolException with {@link ErrorCode#BACK_PRESSURE}
     */
    public CompletableFuture<ReadResult> read(
            String userId, List<Long> seqs, long toSeq, @Nullable Subscriber by, @Nullable RequestId id) {
        InboxRequest.Read request =
                new InboxRequest.Read(userId, List.copyOf(seqs), toSeq, by, id, new CompletableFuture<>());
        offer(request);
        return request.answer();
    }

    /**
     * A user's first messages after a {@code seq}. May wait for the database.
     *
     * @param limit 1 to {@value InboxLimits#MAX_PAGE}
     * @throws ProtocolException with {@link ErrorCode#STORE_BEHIND} if one of them is neither in memory nor in the store now
     */
    public MessagePage messages(String userId, long since, int limit, boolean unreadOnly) {
        return reader.page(userId, since, limit, unreadOnly);
    }

    /** A user's newest unread messages in the seed's shape; as {@link #messages}. */
    public ServerEvent.NewMessages unread(@Nullable RequestId id, String userId) {
        return pushes.unread(id, userId);
    }

    /** What a connection has missed since a {@code seq}, as far as one answer holds it, the newest; as {@link #messages}. */
    public List<InboxItem> missed(String userId, long since) {
        return reader.missed(userId, since);
    }

    /** The newest messages, at most so many; as {@link #messages}. */
    public List<InboxItem> newest(String userId, int count) {
        return reader.newest(userId, 0, count);
    }

    /** Users who have an inbox or a connection, in order. */
    public Set<String> knownUsers() {
        Set<String> users = new TreeSet<>(heads.users());
        users.addAll(rooms.presentUsers());
        return users;
    }

    /**
     * A connection has shown whose it is: it is that user's, in the registry too, and in room {@code inbox} from now on. For the same user again it
     * does nothing. Called on the flush thread.
     */
    public void onAuthenticated(Subscriber subscriber, String userId) {
        rooms.onAuthenticated(subscriber, userId);
    }

    /** A connection's token has expired: out of the room and nobody's. Called on the flush thread. */
    public void onForgotten(Subscriber subscriber) {
        rooms.onForgotten(subscriber);
    }

    /** Enters the room {@code inbox} of a user, or enters it anew with a cursor. Called on the flush thread. */
    public Entry join(Subscriber subscriber, String userId, EntryRequest request) {
        return rooms.join(subscriber, userId, request);
    }

    /** Sends {@code ev_read_status} with the count of unread messages. Called on the flush thread. */
    public void tellUnread(Subscriber subscriber, String userId) {
        rooms.tellUnread(subscriber, userId);
    }

    /** Has {@code ev_new_message} sent to a connection whenever the user's unread messages change. Called on the flush thread. */
    public void listenToUnread(Subscriber subscriber, String userId) {
        rooms.listenToUnread(subscriber, userId);
    }

    /** How many connections of a user are told of unread messages, or were and have ended since. Thread-safe. */
    CompletableFuture<Integer> unreadListenerCount(String userId) {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        loop.execute(() -> count.complete(rooms.unreadListenerCount(userId)));
        return count;
    }

    /**
     * Has messages deleted that are older than the configuration says, now and then. Called on the store's thread.
     *
     * @throws StoreException if the store cannot be asked
     */
    public void sweep() {
        long keptMillis = limits.get().keptMillis();
        if (keptMillis == 0 || System.nanoTime() - nextSweepNanos < 0) {
            return;
        }
        Map<String, Long> old = store.createdBefore(clockMillis.getAsLong() - keptMillis, SWEPT_USERS);
        if (!old.isEmpty()) {
            writer.offer(new InboxRequest.Trim(Map.copyOf(old), new CompletableFuture<>()));
        }
        nextSweepNanos = System.nanoTime() + (old.size() < SWEPT_USERS ? SWEEP_NANOS : 0);
    }

    public InboxCounters counters() {
        return counters;
    }

    /** Users with an inbox. */
    public int userCount() {
        return heads.count();
    }

    /** Messages in memory. */
    public int recentCount() {
        return recent.size();
    }

    /** Its bounds. */
    public InboxLimits limits() {
        return limits.get();
    }

    /** Requests that wait for the inboxes' thread. */
    public int queuedRequests() {
        return writer.queuedRequests();
    }

    private void offer(InboxRequest request) {
        if (!writer.offer(request)) {
            throw new ProtocolException(ErrorCode.BACK_PRESSURE, null, "too much is in flight; nothing was kept");
        }
    }
}
