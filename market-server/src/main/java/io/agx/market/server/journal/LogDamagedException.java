package io.agx.market.server.journal;

import java.io.IOException;

/** Something in the durable part of the log is not what was written. The message names the file and the offset in it. */
public final class LogDamagedException extends IOException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final long offset;

    LogDamagedException(String file, long offset, String what) {
        super("trade log is damaged: " + file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    /** Name of the segment file. */
    public String file() {
        return file;
    }

    /** Offset in that file, in bytes. */
    public long offset() {
        return offset;
    }
}
