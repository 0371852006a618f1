package io.agx.market.server.delivery;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.container.WarInTomcat;
import io.agx.market.server.durability.RestClient;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The WAR in Tomcat, which is in this process and publishes over REST. */
final class BadReadersInTomcatIT extends BadReadersSuite {
    private @Nullable RestClient rest;

    @Test
    void theHealthyNoticeNothingOfTheBad() throws Exception {
        try (WarInTomcat tomcat = WarInTomcat.start(dataDir)) {
            RestClient client = new RestClient(tomcat.port());
            rest = client;
            client.define(SYMBOL, 2, 3);
            awaitThat(() -> client.get("/api/v1/instruments").body().toString().contains(SYMBOL));
            attack("bad readers of the WAR in Tomcat", tomcat.port(), TransportChoice.PORTABLE);
        }
    }

    @Override
    Load load(int tradesPerSecond) {
        return Load.of(Objects.requireNonNull(rest), SYMBOL, tradesPerSecond);
    }
}
