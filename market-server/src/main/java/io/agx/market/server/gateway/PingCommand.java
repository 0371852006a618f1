package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ServerEvent;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** {@code ping}: three clocks, from which a client reckons its offset and latency; and what it has seen so far. Thread-safe. */
final class PingCommand {
    private final LongSupplier clockMillis;
    private final GatewayFigures figures;

    PingCommand(LongSupplier clockMillis, GatewayFigures figures) {
        this.clockMillis = clockMillis;
        this.figures = figures;
    }

    ServerEvent answer(ClientCommand.Ping command, long receivedMillis) {
        Long roundTrip = command.roundTripMicros();
        if (roundTrip != null) {
            figures.roundTrip(TimeUnit.MICROSECONDS.toNanos(roundTrip));
        }
        Long latency = command.latencyMicros();
        if (latency != null) {
            figures.latency(TimeUnit.MICROSECONDS.toNanos(latency));
        }
        return new ServerEvent.Pong(command.id(), command.clientTimeMillis(), receivedMillis, clockMillis.getAsLong());
    }
}
