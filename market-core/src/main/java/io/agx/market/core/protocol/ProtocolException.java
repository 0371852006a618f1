package io.agx.market.core.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A peer sent what the protocol does not allow. It becomes one {@code error} event; the connection stays.
 *
 * <p>Carries no stack trace: it is the peer's fault, and a flood of bad messages must be cheap.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient @Nullable RequestId id;

    public ProtocolException(ErrorCode code, @Nullable String field, String message) {
        this(new Problem(code, field, message), null);
    }

    /** @param id the id of the command at fault, as far as it could be read */
    public ProtocolException(Problem problem, @Nullable RequestId id) {
        super(problem.code().code() + ": " + problem.message(), null, false, false);
        this.problem = problem;
        this.id = id;
    }

    public Problem problem() {
        return problem;
    }

    public ErrorCode code() {
        return problem.code();
    }

    /** The id of the command at fault, or null if it has none or it could not be read. */
    public @Nullable RequestId id() {
        return id;
    }

    /** The same problem, of the command with this id. */
    public ProtocolException of(@Nullable RequestId commandId) {
        return new ProtocolException(problem, commandId);
    }
}
