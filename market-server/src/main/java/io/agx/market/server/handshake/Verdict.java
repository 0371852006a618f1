package io.agx.market.server.handshake;

import io.agx.market.core.protocol.Problem;
import java.util.Map;
import java.util.Optional;

/** What becomes of a handshake. */
public sealed interface Verdict {
    /**
     * It may be upgraded.
     *
     * @param deflate the one offer that the container may see; empty if it may see none
     */
    record Accepted(Optional<DeflateOffer> deflate) implements Verdict {}

    /**
     * It is answered with a problem document.
     *
     * @param headers beside those of every problem: {@code Upgrade}, {@code Allow}, {@code Retry-After}
     */
    record Refused(int status, Problem problem, Map<String, String> headers) implements Verdict {}
}
