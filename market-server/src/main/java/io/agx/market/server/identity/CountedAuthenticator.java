package io.agx.market.server.identity;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what becomes of tokens, whoever checks them. Thread-safe. */
public final class CountedAuthenticator implements Authenticator {
    private volatile Authenticator authenticator;
    private final LongAdder accepted = new LongAdder();
    private final Map<ErrorCode, LongAdder> refused = new EnumMap<>(ErrorCode.class);

    public CountedAuthenticator(Authenticator authenticator) {
        this.authenticator = authenticator;
        for (ErrorCode code : ErrorCode.values()) {
            refused.put(code, new LongAdder());
        }
    }

    /** From now on this one checks. Who was let in before stays until its token ends. */
    public void use(Authenticator other) {
        authenticator = other;
    }

    @Override
    public Identity authenticate(String token) {
        try {
            Identity identity = authenticator.authenticate(token);
            accepted.increment();
            return identity;
        } catch (ProtocolException e) {
            count(e.code());
            throw e;
        }
    }

    /** Tokens that were good. */
    public long acceptedCount() {
        return accepted.sum();
    }

    /** Tokens that were refused for this reason. */
    public long refusedCount(ErrorCode code) {
        LongAdder counter = refused.get(code);
        return counter == null ? 0 : counter.sum();
    }

    private void count(ErrorCode code) {
        LongAdder counter = refused.get(code);
        if (counter != null) {
            counter.increment();
        }
    }
}
