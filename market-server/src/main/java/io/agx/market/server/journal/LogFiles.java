package io.agx.market.server.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The directory of a log. {@link #openForReading} and {@link #list} are thread-safe, the rest is the writer's. */
interface LogFiles {
    /** Names the directory in messages. */
    String name();

    /** Keeps every other process and every other opener in this one out, until closed. */
    Closeable lock() throws IOException;

    /** Names of the files, in no order. */
    List<String> list() throws IOException;

    /** A new empty file, or an existing one emptied. */
    LogFile create(String file) throws IOException;

    LogFile open(String file) throws IOException;

    LogFile openForReading(String file) throws IOException;

    /** Gives a file another name, in place of the file that may have it: at no moment that name is of none, or of a part. */
    void rename(String file, String name) throws IOException;

    void delete(String file) throws IOException;

    /** Makes created, changed and deleted names durable. */
    void forceDirectory() throws IOException;

    /** Bytes that can still be written, or {@link Long#MAX_VALUE} if that is not known. */
    long usableBytes();
}
