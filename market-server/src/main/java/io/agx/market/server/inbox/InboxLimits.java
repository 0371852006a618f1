package io.agx.market.server.inbox;

import java.util.concurrent.TimeUnit;

/**
 * The bounds of the inboxes. Immutable.
 *
 * @param maxUsers users that may have an inbox, 1 to 10,000,000; more are refused
 * @param keptMessages newest messages kept of each user, 1 to 30,000; older ones are deleted, in steps of a tenth
 * @param keptMillis how long messages are kept, at most 36,500 days; 0 for ever
 * @param queuedRequests requests that wait for the owner's thread; more are pushed back
 * @param queuedBytes characters of messages that wait for it; more are pushed back
 * @param recentMessages newest messages of all users kept in memory
 * @param recentBytes characters of these
 * @param recentKeys newest idempotency keys of all users kept in memory
 */
public record InboxLimits(
        int maxUsers,
        int keptMessages,
        long keptMillis,
        int queuedRequests,
        long queuedBytes,
        int recentMessages,
        long recentBytes,
        int recentKeys) {
    /**
     * A million heads of about 200 bytes; 90 days and 10,000 messages a user; 4,096 requests and 16 million characters are some 0.2 s of the
     * disk; 100,000 messages or 32 million characters, 64 MiB at most, are hours of an outage of the database; 262,144 keys of about
     * 150 bytes are 40 MB.
     */
    public static final InboxLimits DEFAULTS = new InboxLimits(
            1_000_000, 10_000, TimeUnit.DAYS.toMillis(90), 4_096, 16L << 20, 100_000, 32L << 20, 262_144);

    /** Messages in one request. */
    public static final int MAX_BATCH = 1_000;

    /** Messages in one page. */
    public static final int MAX_PAGE = 1_000;

    /** Which are read is one row of at most 400,000 characters: every other one of so many and a tenth, 20 characters each, is 330,000. */
    public static final int MAX_KEPT_MESSAGES = 30_000;

    public static final int MAX_KEPT_DAYS = 36_500;

    /** Their heads take 2 GB. */
    public static final int MAX_USERS = 10_000_000;

    public InboxLimits {
        require("maxUsers", maxUsers, 1, MAX_USERS);
        require("inbox-messages", keptMessages, 1, MAX_KEPT_MESSAGES);
        require("inbox-days in milliseconds", keptMillis, 0, TimeUnit.DAYS.toMillis(MAX_KEPT_DAYS));
        require("queuedRequests", queuedRequests, 1);
        require("queuedBytes", queuedBytes, 1);
        require("recentMessages", recentMessages, 0);
        require("recentBytes", recentBytes, 0);
        require("recentKeys", recentKeys, 1);
    }

    /**
     * The same with another retention.
     *
     * @throws IllegalArgumentException if messages are not 1 to 30,000, or days not 0 to 36,500
     */
    public InboxLimits withKept(int messages, long days) {
        return withRetention(messages, TimeUnit.DAYS.toMillis(days));
    }

    /** The same with another retention. */
    public InboxLimits withRetention(int messages, long millis) {
        return new InboxLimits(
                maxUsers, messages, millis, queuedRequests, queuedBytes, recentMessages, recentBytes, recentKeys);
    }

    /** The same for another number of users. */
    public InboxLimits withUsers(int users) {
        return new InboxLimits(
                users, keptMessages, keptMillis, queuedRequests, queuedBytes, recentMessages, recentBytes, recentKeys);
    }

    private static void require(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " must be " + least + " to " + most + ", was " + value);
        }
    }

    private static void require(String field, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(field + " must be " + least + " or higher, was " + value);
        }
    }
}
