package io.agx.market.server;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.gateway.GatewayFigures;
import io.agx.market.server.http.RequestFigures;
import io.agx.market.server.measure.WordCounts;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.subscriber.DeliveryCounters;
import java.util.List;

/** What {@code /metrics} tells of what peers ask, over WebSocket and HTTP, and of what they see. */
final class GatewayMeters {
    private GatewayMeters() {}

    static void register(Metrics metrics, GatewayFigures figures, DeliveryCounters counters, RequestFigures requests) {
        WordCounts commands = figures.commands();
        for (String event : commands.words()) {
            metrics.counter(
                    "market.gateway.commands",
                    "Commands over WebSocket, by their event.",
                    () -> commands.of(event),
                    "event",
                    event);
        }
        for (ErrorCode code : ErrorCode.values()) {
            metrics.counter(
                    "market.gateway.errors",
                    "Errors sent over WebSocket, by their code.",
                    () -> counters.errorCount(code),
                    "code",
                    code.code());
        }
        WordCounts ends = counters.peerEnds();
        for (String code : ends.words()) {
            metrics.counter(
                    "market.delivery.peer.ends",
                    "Connections that the peer or the network ended, by the close code; 1006 without a Close frame.",
                    () -> ends.of(code),
                    "code",
                    code);
        }
        metrics.histogram(
                "market_client_ping_seconds",
                "From the server's WebSocket ping to the pong: the network, and the peer.",
                counters.roundTrips());
        metrics.histogram(
                "market_client_round_trip_seconds",
                "What clients say that their ping command took there and back, without the server's part.",
                figures.roundTrips());
        metrics.histogram(
                "market_client_latency_seconds",
                "What clients say that a live message took from being made to its arrival, one for each ping.",
                figures.latencies());
        metrics.counters(
                "market_http_requests",
                "HTTP requests, by method, the pattern of the resource, and status.",
                RequestFigures.LABELS,
                requests::counts);
        metrics.histograms(
                "market_http_request_seconds",
                "From a resource's seeing the request to its last byte written.",
                List.of("method", "route"),
                requests::times);
    }
}
