package io.agx.market.server.identity;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Optional;

/** How a token may be signed. Anything else, {@code none} above all, is no token. */
enum TokenAlgorithm {
    HS256("HS256"),
    HS384("HS384"),
    HS512("HS512"),
    RS256("RS256"),
    RS384("RS384"),
    RS512("RS512"),
    PS256("PS256"),
    PS384("PS384"),
    PS512("PS512"),
    ES256("ES256"),
    ES384("ES384"),
    ES512("ES512"),
    /** Over Ed25519 (RFC 8037), not Ed448. */
    EDDSA("EdDSA");

    private final String code;

    TokenAlgorithm(String code) {
        this.code = code;
    }

    /** The library's name for it. */
    JWSAlgorithm jose() {
        return JWSAlgorithm.parse(code);
    }

    /** The algorithm of a header's {@code alg}, which is compared as it is: RFC 7515 section 4.1.1. */
    static Optional<TokenAlgorithm> ofName(String name) {
        for (TokenAlgorithm algorithm : values()) {
            if (algorithm.code.equals(name)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }
}
