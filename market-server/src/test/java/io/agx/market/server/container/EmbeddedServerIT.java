package io.agx.market.server.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar's Jetty, put together as {@code market serve} does it. */
class EmbeddedServerIT extends ContainerSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        return EmbeddedHost.start(RunningMarket.parameters(dataDir), transport());
    }

    TransportChoice transport() {
        return TransportChoice.FAST;
    }

    String transportName() {
        return "fast";
    }

    @Test
    void tellsItsTransportInTheWelcome() {
        try (MarketSocket socket = open("")) {
            assertThat(socket.await("welcome").at("/data/transport").asText()).isEqualTo(transportName());
        }
    }

    @Test
    void tellsInMetricsWhatWasDeliveredAndHow() throws Exception {
        try (MarketSocket socket = open("?rooms=trade:BTC-USDT")) {
            socket.await("trade");

            String metrics = get(market(), "/metrics").body();

            assertThat(value(metrics, "market_delivery_subscribers{transport=\"" + transportName() + "\"}"))
                    .isPositive();
            assertThat(value(metrics, "market_delivery_messages_total")).isGreaterThanOrEqualTo(3);
            assertThat(value(metrics, "market_delivery_writes_total"))
                    .isBetween(1.0, value(metrics, "market_delivery_messages_total"));
            assertThat(value(metrics, "market_room_encodings_total")).isPositive();
            assertThat(metrics).contains("jvm_memory_used_bytes", "market_delivery_ends_total{code=\"4003\"}");
        }
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + metrics));
    }

    @Test
    void endsSeedClientsWithoutACloseFrameWhenItStops(@TempDir Path dataDir) throws Exception {
        RunningMarket market = start(dataDir);
        try (MarketSocket seed = MarketSocket.open(market, "");
                MarketSocket other = MarketSocket.open(market, "")) {
            seed.sendText("PONG");
            seed.sendText("PING");
            seed.awaitText("PONG");
            other.await("welcome");
            market.close();

            assertThat(seed.awaitClose()).isEqualTo(MarketSocket.NO_CLOSE_FRAME);
            assertThat(other.awaitClose()).isEqualTo(1001);
        }
    }
}
