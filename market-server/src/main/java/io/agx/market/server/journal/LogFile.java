package io.agx.market.server.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One file of the log, so that tests can put faults and power cuts where the disk is. Owned by one thread. */
interface LogFile extends Closeable {
    long size() throws IOException;

    /** Reads at most what {@code to} has room for. @return the bytes read, -1 at the end */
    int read(ByteBuffer to, long offset) throws IOException;

    /** Writes all remaining bytes of all buffers, one after the other; on an exception any part of them may be written. */
    void write(ByteBuffer[] from, long offset) throws IOException;

    /** Makes what was written durable; with {@code metadata} also the file's size and times. */
    void force(boolean metadata) throws IOException;

    void truncate(long size) throws IOException;
}
