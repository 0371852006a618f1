package io.agx.market.server.container;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;

/** The embedded server with the transport that every container has. */
final class EmbeddedPortableIT extends EmbeddedServerIT {
    @Override
    TransportChoice transport() {
        return TransportChoice.PORTABLE;
    }

    @Override
    String transportName() {
        return "portable";
    }
}
