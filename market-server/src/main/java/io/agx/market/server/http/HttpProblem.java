package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A request that is refused: becomes an RFC 9457 problem document. Carries no stack trace.
 */
final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Problem problem;
    private final int retryAfterSeconds;

    HttpProblem(int status, ErrorCode code, @Nullable String field, String message) {
        this(status, new Problem(code, field, message), 0);
    }

    /** @param retryAfterSeconds told in {@code Retry-After}; 0 for none */
    HttpProblem(int status, Problem problem, int retryAfterSeconds) {
        super(problem.message(), null, false, false);
        this.status = status;
        this.problem = problem;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static HttpProblem badField(String field, String message) {
        return new HttpProblem(400, ErrorCode.BAD_FIELD, field, message);
    }

    static HttpProblem of(ProtocolException e) {
        int status = switch (e.code()) {
            case UNKNOWN_SYMBOL, NOT_FOUND, UNKNOWN_ROOM -> 404;
            case ALREADY_EXISTS -> 409;
            case TOO_LARGE -> 413;
            case RATE_LIMITED -> 429;
            case NOT_AUTHENTICATED,
                    TOKEN_TOO_LARGE,
                    TOKEN_MALFORMED,
                    TOKEN_HEADER,
                    TOKEN_ALGORITHM,
                    TOKEN_KEY,
                    TOKEN_SIGNATURE,
                    TOKEN_EXPIRED,
                    TOKEN_NOT_YET_VALID,
                    TOKEN_ISSUER,
                    TOKEN_AUDIENCE,
                    TOKEN_CLAIM -> 401;
            case FORBIDDEN -> 403;
            case BACK_PRESSURE, LOG_UNAVAILABLE, STORE_BEHIND, SHUTTING_DOWN, KEYS_UNAVAILABLE -> 503;
            case INTERNAL -> 500;
            case NOT_SUPPORTED -> 501;
            default -> 400;
        };
        return new HttpProblem(status, e.problem(), status == 503 ? 1 : 0);
    }

    int status() {
        return status;
    }

    Problem problem() {
        return problem;
    }

    int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
