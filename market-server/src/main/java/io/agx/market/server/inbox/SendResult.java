package io.agx.market.server.inbox;

import io.agx.market.core.protocol.ErrorCode;

/** What became of one message. Immutable. */
public sealed interface SendResult {
    /** It is durable, or was before: then nothing was kept a second time. */
    record Kept(String userId, long seq, boolean duplicate) implements SendResult {}

    /** Nothing of it was kept. */
    record Refused(ErrorCode code, String message) implements SendResult {}
}
