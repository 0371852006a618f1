package io.agx.market.server;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.identity.CountedAuthenticator;
import io.agx.market.server.metrics.Metrics;

/** What {@code /metrics} tells of tokens. */
final class TokenMeters {
    private TokenMeters() {}

    static void register(Metrics metrics, CountedAuthenticator tokens) {
        metrics.counter("market.tokens.accepted", "Tokens that were good.", tokens::acceptedCount);
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().startsWith("TOKEN_") || code == ErrorCode.KEYS_UNAVAILABLE) {
                metrics.counter(
                        "market.tokens.refused",
                        "Tokens that were refused, by the code that says why.",
                        () -> tokens.refusedCount(code),
                        "code",
                        code.code());
            }
        }
    }
}
