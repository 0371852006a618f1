package io.agx.market.server.inbox;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.inbox.InboxRequest.Draft;
import io.agx.market.server.inbox.InboxRequest.Read;
import io.agx.market.server.inbox.InboxRequest.Send;
import io.agx.market.server.inbox.InboxRequest.Trim;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogEntry.MessageAdded;
import io.agx.market.server.journal.LogEntry.MessagesRead;
import io.agx.market.server.journal.LogEntry.MessagesTrimmed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers messages and makes them durable: owns thread {@code market-inbox}, the users' heads and the idempotency keys.
 *
 * <p>It takes all that waits, gives each message its {@code seq}, in memory only, and has the journal make the whole group durable. Only then
 * it is true: heads, keys and memory are changed, the user's connections are told, and the senders are answered. One group is under way at a
 * time, so that one that is not kept uses up no {@code seq}. It waits for the journal and never for the database.
 */
final class InboxWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxWriter.class);
    /** 8,192 are a group of the journal; a quarter of it leaves room for trades. */
    private static final int MAX_GROUP_ENTRIES = 2_048;

    /** Characters of a group: some 1 MiB in the log. */
    private static final long MAX_GROUP_LENGTH = 1 << 20;

    private static final long MAX_PUSHED_BACK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 5_000;
    /** Messages beyond the bound that a user may have, by part of it, before they are deleted. */
    private static final int SLACK = 10;

    private final Journal journal;
    private final Supplier<InboxLimits> limits;
    private final InboxQueue queue;
    private final InboxHeads heads;
    private final MessageKeys keys;
    private final RecentMessages recent;
    private final InboxRooms rooms;
    private final LongSupplier clockMillis;
    private final InboxCounters counters;
    private final Thread thread;

    InboxWriter(
            Journal journal,
            InboxRecovery recovered,
            InboxRooms rooms,
            InboxCounters counters,
            Supplier<InboxLimits> limits,
            LongSupplier clockMillis) {
        this.journal = journal;
        this.limits = limits;
        this.queue = new InboxQueue(limits.get().queuedRequests(), limits.get().queuedBytes());
        this.heads = recovered.heads();
        this.keys = recovered.keys();
        this.recent = recovered.recent();
        this.rooms = rooms;
        this.counters = counters;
        this.clockMillis = clockMillis;
        thread = new Thread(this::run, "market-inbox");
        thread.setDaemon(true); // A start that fails half-way can still exit.
    }

    void start() {
        thread.start();
    }

    int queuedRequests() {
        return queue.size();
    }

    /** @return whether it is taken on; if not, too much waits and nothing of it is kept. After the end it is taken, and fails */
    boolean offer(InboxRequest request) {
        InboxQueue.Offered offered = queue.offer(request);
        if (offered == InboxQueue.Offered.CLOSED) {
            request.answer().completeExceptionally(stopped());
        } else if (offered == InboxQueue.Offered.FULL) {
            counters.pushedBack();
        }
        return offered != InboxQueue.Offered.FULL;
    }

    /** Makes durable what waits, and ends the thread; the journal must still take entries. Idempotent. */
    @Override
    public void close() {
        queue.close();
        try {
            if (thread.isAlive()) {
                thread.join(STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.getState() == Thread.State.NEW) {
            failWaiting();
        }
    }

    private void run() {
        try {
            List<InboxRequest> requests = queue.take(MAX_GROUP_ENTRIES, MAX_GROUP_LENGTH);
            while (!requests.isEmpty()) {
                write(requests);
                requests = queue.take(MAX_GROUP_ENTRIES, MAX_GROUP_LENGTH);
            }
        } finally {
            queue.close();
            failWaiting(); // Only a bug gets here with anything in it: nobody is left waiting.
        }
    }

    private void failWaiting() {
        List<InboxRequest> rest = queue.take(Integer.MAX_VALUE, Long.MAX_VALUE);
        rest.forEach(request -> request.answer().completeExceptionally(stopped()));
    }

    private void write(List<InboxRequest> requests) {
        Group group = new Group();
        try {
            requests.forEach(group::prepare);
            long end = group.entries.isEmpty() ? 0 : append(group.entries);
            group.commit(end);
        } catch (RuntimeException | Error e) { // Without this thread nobody would be answered any more.
            counters.failedGroup();
            if (!(e instanceof LogUnavailableException || e instanceof ProtocolException)) {
                LOG.error("a group of messages failed", e);
            }
            requests.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    private long append(List<LogEntry.OfInbox> entries) {
        long deadline = System.nanoTime() + MAX_PUSHED_BACK_NANOS;
        Optional<CompletableFuture<Long>> durable = journal.appendInbox(entries);
        while (durable.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new ProtocolException(ErrorCode.BACK_PRESSURE, null, "too much is in flight; nothing was kept");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            durable = journal.appendInbox(entries);
        }
        while (true) {
            try {
                return durable.get().get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof LogUnavailableException unavailable) {
                    throw unavailable;
                }
                throw new IllegalStateException("the journal failed", e.getCause());
            } catch (InterruptedException e) {
                // What became of the group must be known before the next one is numbered. Nobody interrupts this
                // thread.
                LOG.warn("inbox thread was interrupted; ignored");
            }
        }
    }

    private static LogUnavailableException stopped() {
        return new LogUnavailableException(Reason.STOPPED, "the inboxes are stopping");
    }

    /** What is made durable together, and what is true then. */
    private final class Group {
        private final List<LogEntry.OfInbox> entries = new ArrayList<>();
        private final Map<String, InboxHead> changed = new HashMap<>();
        private final Map<MessageKeys.Key, Long> newKeys = new HashMap<>();
        private final List<InboxRooms.Delivery> deliveries = new ArrayList<>();
        private final List<Runnable> answers = new ArrayList<>();
        private int newUsers;

        void prepare(InboxRequest request) {
            if (request instanceof Send send) {
                List<SendResult> results = new ArrayList<>(send.drafts().size());
                send.drafts().forEach(draft -> results.add(add(draft)));
                answers.add(() -> send.answer().complete(List.copyOf(results)));
            } else if (request instanceof Read read) {
                read(read);
            } else if (request instanceof Trim trim) {
                trim.toSeqs().forEach(this::trim);
                answers.add(() -> trim.answer().complete(null));
            }
        }

        private InboxHead head(String userId) {
            InboxHead head = changed.get(userId);
            return head == null ? heads.of(userId) : head;
        }

        private InboxHead append(LogEntry.OfInbox entry) {
            InboxHead after = entry.applyTo(head(entry.userId()));
            entries.add(entry);
            changed.put(entry.userId(), after);
            return after;
        }

        private SendResult add(Draft draft) {
            UserMessage message = draft.message();
            String userId = message.userId();
            String key = message.key();
            if (key != null) {
                Optional<SendResult> known = lookUp(userId, key, draft);
                if (known.isPresent()) {
                    return known.get();
                }
            }
            if (!heads.knows(userId) && !changed.containsKey(userId)) {
                int maxUsers = limits.get().maxUsers();
                if (heads.count() + newUsers >= maxUsers) {
                    counters.refusedUser();
                    return new SendResult.Refused(
                            ErrorCode.TOO_LARGE, "the server has inboxes of " + maxUsers + " users, the most");
                }
                newUsers++;
            }
            UserMessage numbered = message.numbered(head(userId).lastSeq() + 1, clockMillis.getAsLong());
            InboxHead after = append(new MessageAdded(numbered));
            deliveries.add(new InboxRooms.Added(numbered, after.unreadCount()));
            if (key != null) {
                newKeys.put(new MessageKeys.Key(userId, key), numbered.seq());
            }
            int keptMessages = limits.get().keptMessages();
            if (after.count() > keptMessages + Math.max(1, keptMessages / SLACK)) {
                append(new MessagesTrimmed(userId, after.lastSeq() - keptMessages));
            }
            return new SendResult.Kept(userId, numbered.seq(), false);
        }

        /** A message that there is, or a refusal where nobody can tell; nothing if the key is new. A guess is never made. */
        private Optional<SendResult> lookUp(String userId, String key, Draft draft) {
            @Nullable Long seq = newKeys.get(new MessageKeys.Key(userId, key));
            if (seq == null) {
                seq = keys.seq(userId, key);
            }
            if (seq == null && draft.lookup() != null && draft.lookup().seq().isPresent()) {
                seq = draft.lookup().seq().getAsLong();
            }
            if (seq != null) {
                return Optional.of(new SendResult.Kept(userId, seq, true));
            }
            // Without a lookup the sender vouches that it is new.
            if (draft.lookup() != null && draft.lookup().storedPosition() < keys.forgottenPosition()) {
                return Optional.of(new SendResult.Refused(
                        ErrorCode.STORE_BEHIND, "it cannot be told now whether this idempotencyKey was used before"));
            }
            return Optional.empty();
        }

        private void read(Read read) {
            InboxHead before = head(read.userId());
            long toSeq = Math.min(read.toSeq(), before.lastSeq());
            List<Long> unread = read.seqs().stream()
                    .distinct()
                    .filter(seq -> seq > toSeq && before.isKept(seq) && !before.isRead(seq))
                    .toList();
            InboxHead after = before;
            if (!unread.isEmpty() || !before.readTo(toSeq).equals(before)) {
                after = append(new MessagesRead(read.userId(), clockMillis.getAsLong(), toSeq, unread));
            }
            long unreadCount = after.unreadCount();
            boolean anything = !after.equals(before);
            deliveries.add(new InboxRooms.WasRead(
                    read.userId(), unread, anything ? toSeq : 0, unreadCount, anything, read.by(), read.id()));
            answers.add(() -> read.answer().complete(new ReadResult(unreadCount)));
        }

        private void trim(String userId, long toSeq) {
            InboxHead before = head(userId);
            if (!before.trimmed(toSeq).equals(before)) {
                append(new MessagesTrimmed(userId, Math.min(toSeq, before.lastSeq())));
            }
        }

        void commit(long endPosition) {
            // First the memory, then the heads: who sees a head finds its messages.
            int added = 0;
            for (LogEntry.OfInbox entry : entries) {
                if (entry instanceof MessageAdded it) {
                    recent.add(it.message());
                    added++;
                    if (it.message().key() != null) {
                        keys.add(it.userId(), it.message().key(), it.message().seq(), endPosition);
                    }
                } else if (entry instanceof MessagesRead it) {
                    recent.markRead(it);
                }
            }
            heads.putAll(changed);
            counters.added(added);
            rooms.deliver(deliveries);
            answers.forEach(Runnable::run);
        }
    }
}
