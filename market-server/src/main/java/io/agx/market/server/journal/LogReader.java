package io.agx.market.server.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the log forward from a position, up to what is durable. Owned by one thread. */
public interface LogReader extends AutoCloseable {
    /**
     * The next durable entry.
     *
     * @return null if there is none now; a later call may find one
     * @throws IOException if the file cannot be read or a record in the durable part is damaged (the message names file and
     *     offset)
     */
    @Nullable
    LogEntry next() throws IOException;

    /** The position just after the entry that {@link #next()} returned last. */
    long position();

    @Override
    void close() throws IOException;
}
