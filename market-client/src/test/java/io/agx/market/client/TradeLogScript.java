package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.core.protocol.json.CommandDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server with one trade room whose history it keeps: recovers from a cursor as the real one does. Thread-safe. */
final class TradeLogScript implements ScriptedServer.Script {
    private final Set<ScriptedServer.Connection> joined = ConcurrentHashMap.newKeySet();
    private long lastSeq;

    /** The next trades happen; whoever is in the room gets them. */
    synchronized void trade(int count) {
        long from = lastSeq + 1;
        lastSeq += count;
        joined.removeIf(connection -> !isSent(connection, Markets.push(from, lastSeq)));
    }

    private static boolean isSent(ScriptedServer.Connection connection, ServerEvent event) {
        try {
            connection.send(event);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void onText(ScriptedServer.Connection connection, String text) throws IOException {
        if ("PING".equals(text)) {
            connection.sendText("PONG".getBytes(StandardCharsets.US_ASCII), 4);
            return;
        }
        ClientCommand command = CommandDecoder.decode(text);
        if (command instanceof ClientCommand.Subscribe subscribe) {
            List<RoomReply> replies = new ArrayList<>();
            for (RoomRequest room : subscribe.rooms()) {
                Cursor since = room.since();
                long from = since == null ? lastSeq + 1 : since.seq() + 1;
                replies.add(new RoomReply.Joined(
                        room.name(), lastSeq, since != null, Markets.tradeSnapshot(from, lastSeq)));
            }
            joined.add(connection);
            connection.send(new ServerEvent.Subscribed(command.id(), replies));
        } else if (command instanceof ClientCommand.TickerQuery) {
            connection.send(new ServerEvent.Reply(
                    command.id(), new Payload.OfTicker(Markets.INSTRUMENT, Markets.ticker(lastSeq))));
        } else if (command instanceof ClientCommand.Instruments) {
            connection.send(
                    new ServerEvent.Reply(command.id(), new Payload.OfInstruments(List.of(Markets.INSTRUMENT))));
        } else if (command instanceof ClientCommand.Ping ping) {
            connection.send(new ServerEvent.Pong(command.id(), ping.clientTimeMillis(), 1, 1));
        }
    }
}
