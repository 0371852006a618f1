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
     * @param token what it may see in place of a token; empty if none came
     * @param lease its place among the connections of its address: released when it has ended, or does not come to be
     */
    record Accepted(Optional<DeflateOffer> deflate, Optional<HandshakeToken> token, Lease lease) implements Verdict {
        /** Without a token, and not counted. */
        public Accepted(Optional<DeflateOffer> deflate) {
            this(deflate, Optional.empty(), Lease.FREE);
        }
    }

    /**
     * It is answered with a problem document.
     *
     * @param headers beside those of every problem: {@code Upgrade}, {@code Allow}, {@code Retry-After}
     */
    record Refused(int status, Problem problem, Map<String, String> headers) implements Verdict {}
}
