package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** From a command to the class that answers it. Thread-safe, stateless. */
final class CommandDispatcher {
    private final SubscribeCommand subscribe;
    private final UnsubscribeCommand unsubscribe;
    private final QueryCommands queries;
    private final PingCommand ping;
    private final Replays replays;
    private final PublishCommand publish;
    private final AuthCommand auth;
    private final BooleanSupplier requireToken;
    private final InboxCommands inboxCommands;
    private final GatewayFigures figures;

    CommandDispatcher(
            SubscribeCommand subscribe,
            UnsubscribeCommand unsubscribe,
            QueryCommands queries,
            PingCommand ping,
            Replays replays,
            PublishCommand publish,
            InboxCommands inboxCommands,
            AuthCommand auth,
            BooleanSupplier requireToken,
            GatewayFigures figures) {
        this.subscribe = subscribe;
        this.unsubscribe = unsubscribe;
        this.queries = queries;
        this.ping = ping;
        this.replays = replays;
        this.publish = publish;
        this.auth = auth;
        this.requireToken = requireToken;
        this.inboxCommands = inboxCommands;
        this.figures = figures;
    }

    /**
     * Runs a command on the container's thread. What touches rooms goes on to the flush thread.
     *
     * @param access who the peer is
     * @param credit what it may publish
     * @param reply sends an event to the peer, from any thread
     * @param replies does so too, and tells when it was taken
     * @throws ProtocolException if it cannot be done
     */
    void run(
            ClientCommand command,
            Subscriber subscriber,
            Access access,
            PublishCredit credit,
            Consumer<ServerEvent> reply,
            PublishCommand.Replies replies,
            RoomLoop loop,
            long receivedMillis) {
        figures.command(command.event());
        if (command instanceof ClientCommand.Auth it) {
            auth.run(it, subscriber, access);
            return;
        }
        if (requireToken.getAsBoolean()) {
            access.require();
        }
        if (command instanceof ClientCommand.Subscribe it) {
            subscribe.run(it, subscriber, access);
        } else if (command instanceof ClientCommand.Unsubscribe it) {
            loop.execute(() -> unsubscribe.run(it, subscriber));
        } else if (command instanceof ClientCommand.Rooms it) {
            loop.execute(() -> subscriber.reply(new ServerEvent.RoomsReply(it.id(), subscriber.positions())));
        } else if (command instanceof ClientCommand.TickerQuery it) {
            reply.accept(queries.ticker(it));
        } else if (command instanceof ClientCommand.Klines it) {
            reply.accept(queries.klines(it));
        } else if (command instanceof ClientCommand.Trades it) {
            reply.accept(queries.trades(it));
        } else if (command instanceof ClientCommand.Instruments it) {
            reply.accept(queries.instruments(it));
        } else if (command instanceof ClientCommand.Ping it) {
            reply.accept(ping.answer(it, receivedMillis));
        } else if (command instanceof ClientCommand.GetUnreadMessage it) {
            inboxCommands.unread(it, subscriber, access);
        } else if (command instanceof ClientCommand.ReadMessage it) {
            inboxCommands.read(it, subscriber, access, reply);
        } else if (command instanceof ClientCommand.Replay it) {
            replays.start(it, subscriber);
        } else if (command instanceof ClientCommand.Publish it) {
            publish.run(it, access, credit, replies);
        } else if (command instanceof ClientCommand.StopReplay it) {
            replays.stop(it, subscriber);
        } else {
            throw new ProtocolException(
                    ErrorCode.NOT_SUPPORTED, "event", "this server does not support " + command.event() + " yet");
        }
    }
}
