package io.agx.market.core.inbox;

import java.util.ArrayList;
import java.util.List;

/**
 * What there is in a user's inbox, without the messages: a function of the inbox's entries in the log. Immutable.
 *
 * <p>Applying an entry again changes nothing, so that entries can be applied to a head that has some of them already.
 *
 * @param lastSeq of the newest message; 0 if there never was one
 * @param firstSeq of the oldest that is kept; {@code lastSeq + 1} if none is
 * @param read those that are read, of the kept ones
 */
public record InboxHead(long lastSeq, long firstSeq, SeqRuns read) {
    public static final InboxHead EMPTY = new InboxHead(0, 1, SeqRuns.NONE);

    /**
     * After a message.
     *
     * @throws IllegalArgumentException if it is neither the next one nor one that was there
     */
    public InboxHead added(long seq) {
        if (seq > lastSeq + 1) {
            throw new IllegalArgumentException("the message after seq " + lastSeq + " has seq " + seq);
        }
        return seq <= lastSeq ? this : new InboxHead(seq, firstSeq, read);
    }

    /** With all up to a {@code seq} read, as far as they are there. */
    public InboxHead readTo(long seq) {
        return withRead(read.with(firstSeq, Math.min(seq, lastSeq)));
    }

    /** With some read; those that are not there are passed over. */
    public InboxHead read(List<Long> seqs) {
        SeqRuns then = read;
        for (long seq : seqs) {
            if (isKept(seq) && !then.contains(seq)) {
                then = then.with(seq, seq);
            }
        }
        return withRead(then);
    }

    /** Without the messages up to a {@code seq}. */
    public InboxHead trimmed(long toSeq) {
        long first = Math.min(toSeq, lastSeq) + 1;
        return first <= firstSeq ? this : new InboxHead(lastSeq, first, read.from(first));
    }

    public long count() {
        return lastSeq - firstSeq + 1;
    }

    public long unreadCount() {
        return count() - read.count();
    }

    public boolean isKept(long seq) {
        return seq >= firstSeq && seq <= lastSeq;
    }

    public boolean isRead(long seq) {
        return read.contains(seq);
    }

    /** The first unread ones after a {@code seq}, rising, at most so many. */
    public List<Long> unreadAfter(long seq, int limit) {
        List<Long> unread = new ArrayList<>();
        long next = read.nextMissing(Math.max(seq + 1, firstSeq));
        while (next <= lastSeq && unread.size() < limit) {
            unread.add(next);
            next = read.nextMissing(next + 1);
        }
        return unread;
    }

    /** The newest unread ones, falling, at most so many. */
    public List<Long> newestUnread(int limit) {
        List<Long> unread = new ArrayList<>();
        long next = read.lastMissing(lastSeq);
        while (next >= firstSeq && unread.size() < limit) {
            unread.add(next);
            next = read.lastMissing(next - 1);
        }
        return unread;
    }

    private InboxHead withRead(SeqRuns then) {
        return then.equals(read) ? this : new InboxHead(lastSeq, firstSeq, then);
    }
}
