package io.agx.market.server.handshake;

import io.agx.market.core.protocol.ErrorCode;

/** A header that breaks its grammar or a bound: the peer's fault. Carries no stack trace. */
final class HeaderSyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    /** @param message says what was met, and where */
    HeaderSyntaxException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }
}
