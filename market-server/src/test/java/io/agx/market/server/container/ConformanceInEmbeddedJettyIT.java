package io.agx.market.server.container;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.conformance.ConformanceSuite;
import io.agx.market.server.conformance.Deviation;
import io.agx.market.server.conformance.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** The runnable jar's Jetty: it does as the RFC says, but for one fault of Jetty's own extension. */
final class ConformanceInEmbeddedJettyIT extends ConformanceSuite {
    @Override
    protected Endpoint start(Path dataDir, Path workDir) throws Exception {
        return EmbeddedHost.start(RunningMarket.quietParameters(dataDir), TransportChoice.FAST)
                .endpoint();
    }

    @Override
    protected List<Deviation> deviations() {
        return List.of(JETTY_DEFLATE);
    }
}
