package io.agx.market.server.conformance;

import java.io.IOException;

/** What came is no frame that a server may send; nothing after it can be read. */
final class BrokenFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenFrameException(String what) {
        super(what);
    }
}
