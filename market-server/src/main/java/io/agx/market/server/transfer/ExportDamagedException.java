package io.agx.market.server.transfer;

import java.io.IOException;

/** A file is no export, is cut, or is not what was written. */
public final class ExportDamagedException extends IOException {
    private static final long serialVersionUID = 1;

    ExportDamagedException(String message) {
        super(message);
    }

    ExportDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
