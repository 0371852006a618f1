package io.agx.market.server.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.MarketServer;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.EnvironmentConfig;
import io.agx.market.server.jetty.EmbeddedServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar's Jetty, put together as {@code market serve} does it. */
class EmbeddedServerIT extends ContainerSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        MarketServer market =
                new MarketServer(EnvironmentConfig.read(RunningMarket.parameters(dataDir)::get, name -> null));
        EmbeddedServer http =
                new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS.withTransport(transport()), market::install);
        market.start();
        http.start();
        return new RunningMarket(http.port(), "", RunningMarket.SHARED, () -> {
            http.stopAccepting();
            market.close();
            http.close();
            return "stopped";
        });
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
