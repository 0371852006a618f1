package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code get_unread_message} and {@code read_message}: the user's own, by the connection's token. Thread-safe. */
final class InboxCommands {
    private final Inbox inbox;
    private final RoomLoop loop;

    InboxCommands(Inbox inbox, RoomLoop loop) {
        this.inbox = inbox;
        this.loop = loop;
    }

    /**
     * Answers with the unread messages, and from then on tells them whenever they change. Who has shown no token has none: the seed's client
     * takes an error for a broken server.
     */
    void unread(ClientCommand.GetUnreadMessage command, Subscriber subscriber, Access access) {
        Optional<Identity> identity = access.identity();
        if (identity.isEmpty()) {
            loop.execute(() -> subscriber.reply(new ServerEvent.NewMessages(command.id(), List.of())));
            return;
        }
        String userId = identity.get().userId();
        // It listens before it is read: what comes meanwhile is told again.
        loop.execute(() -> inbox.listenToUnread(subscriber, userId));
        ServerEvent.NewMessages unread = inbox.unread(command.id(), userId);
        loop.execute(() -> subscriber.reply(unread));
    }

    /** Answered with {@code ev_read_status} once it is durable; all other connections of the user are told the same. */
    void read(ClientCommand.ReadMessage command, Subscriber subscriber, Access access, Consumer<ServerEvent> reply) {
        String userId = access.require().userId();
        onFailure(
                inbox.read(userId, seqs(command.ids()), command.toSeq(), subscriber, command.id()),
                failure -> reply.accept(failed(command.id(), failure)));
    }

    private static void onFailure(CompletionStage<?> stage, Consumer<Throwable> action) {
        stage.whenComplete((done, failure) -> {
            if (failure != null) {
                action.accept(failure);
            }
        });
    }

    private static List<Long> seqs(List<String> ids) {
        List<Long> seqs = new ArrayList<>(ids.size());
        for (String id : ids) {
            try {
                seqs.add(Long.parseLong(id));
            } catch (NumberFormatException e) {
                throw new ProtocolException(
                        ErrorCode.BAD_FIELD, "ids", "ids[" + seqs.size() + "] is not the id of a message");
            }
        }
        return seqs;
    }

    private static ServerEvent failed(@Nullable RequestId id, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ProtocolException e) {
            return ServerEvent.ErrorEvent.of(e.of(id));
        }
        if (cause instanceof LogUnavailableException e) {
            return ServerEvent.ErrorEvent.of(id, ErrorCode.LOG_UNAVAILABLE, "nothing was kept: " + e.reason());
        }
        return ServerEvent.ErrorEvent.of(id, ErrorCode.INTERNAL, "the server failed; the fault is its own");
    }
}
