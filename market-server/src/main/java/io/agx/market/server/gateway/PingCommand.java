package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ServerEvent;
import java.util.function.LongSupplier;

/** {@code ping}: three clocks, from which a client reckons its offset and latency. Thread-safe. */
final class PingCommand {
    private final LongSupplier clockMillis;

    PingCommand(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    ServerEvent answer(ClientCommand.Ping command, long receivedMillis) {
        return new ServerEvent.Pong(command.id(), command.clientTimeMillis(), receivedMillis, clockMillis.getAsLong());
    }
}
