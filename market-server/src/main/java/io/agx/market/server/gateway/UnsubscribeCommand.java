package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.server.room.Membership;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;

/** {@code unsubscribe}: after the reply nothing of the rooms comes any more. Runs on the flush thread. */
final class UnsubscribeCommand {
    void run(ClientCommand.Unsubscribe command, Subscriber subscriber) {
        List<RoomReply> replies = new ArrayList<>(command.rooms().size());
        for (RoomRequest request : command.rooms()) {
            replies.add(leave(request, subscriber));
        }
        subscriber.reply(new ServerEvent.Unsubscribed(command.id(), replies));
    }

    private static RoomReply leave(RoomRequest request, Subscriber subscriber) {
        try {
            RoomName name = request.room();
            Membership membership = subscriber
                    .membership(name)
                    .orElseThrow(() -> new ProtocolException(
                            ErrorCode.NOT_SUBSCRIBED, "room", "this connection is not in room " + name));
            long seq = membership.seq();
            subscriber.leave(name);
            return new RoomReply.Left(name.toString(), seq);
        } catch (ProtocolException e) {
            return new RoomReply.Refused(request.name(), e.code(), e.problem().message());
        }
    }
}
