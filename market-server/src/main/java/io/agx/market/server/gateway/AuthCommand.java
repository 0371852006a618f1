package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.identity.Authenticator;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth}: says who a connection is, or renews it. Thread-safe. A token is checked on the container's thread, which may wait for keys;
 * whose connection it is then, the flush thread notes.
 */
final class AuthCommand {
    private final Authenticator authenticator;
    private final Supplier<AccessRules> rules;
    private final Inbox inbox;
    private final RoomLoop loop;
    private final LongSupplier nanoClock;

    AuthCommand(
            Authenticator authenticator,
            Supplier<AccessRules> rules,
            Inbox inbox,
            RoomLoop loop,
            LongSupplier nanoClock) {
        this.authenticator = authenticator;
        this.rules = rules;
        this.inbox = inbox;
        this.loop = loop;
        this.nanoClock = nanoClock;
    }

    /** @throws ProtocolException if the token is not good, or another user's; the connection is then what it was */
    void run(ClientCommand.Auth command, Subscriber subscriber, Access access) {
        Identity identity = check(command.token(), access);
        loop.execute(() -> welcome(command.id(), identity, subscriber, access));
    }

    /** Checks a token, and lets the connection be its user's from now on; {@link #welcome} tells so. */
    Identity check(String token, Access access) {
        Identity identity = authenticator.authenticate(token);
        access.grant(identity);
        return identity;
    }

    /** Notes whose connection it is, and tells the peer. Called on the flush thread. */
    void welcome(@Nullable RequestId id, Identity identity, Subscriber subscriber, Access access) {
        watch(subscriber, access);
        List<String> scopes = new ArrayList<>();
        for (Scope scope : Scope.values()) {
            if (identity.may(scope)) {
                scopes.add(scope.code());
            }
        }
        subscriber.reply(new ServerEvent.Authenticated(id, identity.userId(), identity.expiresTimeMillis(), scopes));
        inbox.onAuthenticated(subscriber, identity.userId()); // Behind the answer: what it sends belongs to someone.
    }

    /** From now on it needs a good token, or ends. Called on the flush thread. */
    void watch(Subscriber subscriber, Access access) {
        if (!subscriber.isWatched()) {
            subscriber.watch(new TokenWatch(subscriber, inbox::onForgotten, access, rules, nanoClock));
        }
    }
}
