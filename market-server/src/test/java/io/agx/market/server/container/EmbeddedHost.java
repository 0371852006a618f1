package io.agx.market.server.container;

import io.agx.market.server.MarketServer;
import io.agx.market.server.config.ConfigSources;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.jetty.EmbeddedServer;
import java.io.IOException;
import java.util.Map;

/** Starts the runnable jar's Jetty, put together as {@code market serve} does it. */
final class EmbeddedHost {
    private EmbeddedHost() {}

    static RunningMarket start(Map<String, String> parameters, TransportChoice transport) throws IOException {
        MarketConfig config = ConfigSources.ofWebApplication(parameters::get, name -> null)
                .load()
                .config()
                .withAddress("127.0.0.1", 0)
                .withDelivery(DeliveryConfig.DEFAULTS.withTransport(transport));
        MarketServer market = new MarketServer(config);
        EmbeddedServer http = new EmbeddedServer(config, market.admission(), market::install, market::installAdmin);
        http.refuseConnectionsWhile(market::notTakingConnections);
        market.start();
        http.start();
        return new RunningMarket(http.port(), "", RunningMarket.SHARED, () -> {
            market.close();
            http.close();
            return "stopped";
        });
    }
}
