package io.agx.market.server.identity;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;

/** Where the keys are that tokens are checked with. Thread-safe; its methods wait for {@link UrlKeys#MAX_WAIT_MILLIS} at most. */
public sealed interface KeySource permits FixedKeys, FileKeys, UrlKeys {
    /**
     * The newest keys known.
     *
     * @throws ProtocolException with {@link ErrorCode#KEYS_UNAVAILABLE} if none ever were
     */
    KeySet current();

    /** The keys after another look, because these lack one; they themselves if there are no newer ones or it was looked lately. */
    default KeySet newerThan(KeySet seen) {
        return seen;
    }

    /** What it is, for people: without a secret. */
    String description();
}
