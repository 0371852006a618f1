package io.agx.market.server.gateway;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.subscriber.Subscriber;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What becomes of a connection whose token expires, or that has none where it needs one: what is private ends at once and with an error,
 * the connection after a grace. Owned by the flush thread, which looks about once a second.
 */
final class TokenWatch implements Runnable {
    private final Subscriber subscriber;
    private final Consumer<Subscriber> forget;
    private final Access access;
    private final Supplier<AccessRules> rules;
    private final LongSupplier nanoClock;
    private boolean without;
    private long withoutSinceNanos;

    /**
     * @param forget ends what is private on it, and whose it is
     * @param nanoClock monotonic, for the grace; when a token expires is of the wall clock and told by {@code access}
     */
    TokenWatch(
            Subscriber subscriber,
            Consumer<Subscriber> forget,
            Access access,
            Supplier<AccessRules> rules,
            LongSupplier nanoClock) {
        this.subscriber = subscriber;
        this.forget = forget;
        this.access = access;
        this.rules = rules;
        this.nanoClock = nanoClock;
    }

    @Override
    public void run() {
        if (access.identity().isPresent()) {
            without = false;
            return;
        }
        long now = nanoClock.getAsLong();
        if (!without) {
            without = true;
            withoutSinceNanos = now;
            expired();
        } else if (now - withoutSinceNanos
                >= TimeUnit.MILLISECONDS.toNanos(rules.get().graceMillis())) {
            ErrorCode why = access.wasGranted() ? ErrorCode.TOKEN_EXPIRED : ErrorCode.NOT_AUTHENTICATED;
            subscriber.end(CloseCode.TOKEN_REFUSED, why.code());
        }
    }

    private void expired() {
        if (access.wasGranted()) {
            forget.accept(subscriber);
            subscriber.reply(
                    ServerEvent.ErrorEvent.of(
                            null,
                            ErrorCode.TOKEN_EXPIRED,
                            "the token has expired; private messages have ended, and so will the connection without a new one"));
        }
    }
}
