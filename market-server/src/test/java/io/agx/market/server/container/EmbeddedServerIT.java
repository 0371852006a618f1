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
