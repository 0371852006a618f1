package io.agx.market.server.journal;

import java.io.IOException;
import java.util.UUID;

/**
 * The append-only log of trades. Positions are opaque, grow with every entry and are comparable; {@link #startPosition()} is
 * the lowest that can be read.
 *
 * <p>One thread appends and forces; {@link #reader}, {@link #epoch}, {@link #startPosition} and {@link #durablePosition} are
 * thread-safe.
 */
public interface TradeLog extends AutoCloseable {
    /** Names this history. A UUID made when the log is created; it changes only when another history begins. */
    UUID epoch();

    /** Position of the oldest entry kept. */
    long startPosition();

    /** Position just after the last durable entry. */
    long durablePosition();

    /**
     * Adds entries to the current group, in memory. Not durable and not readable before {@link #force()}.
     */
    void append(LogEntry entry);

    /**
     * Writes the group and makes it durable, or keeps none of it.
     *
     * @return the new {@link #durablePosition()}
     * @throws io.agx.market.server.feed.LogUnavailableException if the group was not kept; with reason LOG_FAILED every later
     *     call fails the same way
     */
    long force();

    /** A reader that starts at a position: {@link #startPosition()} or one that a reader or {@link #force()} returned. */
    LogReader reader(long fromPosition) throws IOException;

    /**
     * Deletes whole segments before a position, oldest first, while more than {@code retainBytes} would remain.
     *
     * @throws IOException if one cannot be deleted: it is still the log's first, and the next call begins with it. If its end cannot be made
     *     durable, it is gone, and later calls delete nothing until the log is opened again
     */
    void dropBefore(long position, long retainBytes) throws IOException;

    @Override
    void close() throws IOException;
}
