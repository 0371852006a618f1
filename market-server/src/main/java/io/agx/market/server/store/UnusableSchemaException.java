package io.agx.market.server.store;

import org.jspecify.annotations.Nullable;

/** The schema is newer than this program, or was changed by hand: no damage, and nothing to be mended by building it anew. */
final class UnusableSchemaException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    UnusableSchemaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
