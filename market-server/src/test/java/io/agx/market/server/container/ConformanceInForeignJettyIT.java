package io.agx.market.server.container;

import io.agx.market.server.conformance.ConformanceSuite;
import io.agx.market.server.conformance.Deviation;
import io.agx.market.server.conformance.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** The WAR in a Jetty that is not ours. */
final class ConformanceInForeignJettyIT extends ConformanceSuite {
    @Override
    protected Endpoint start(Path dataDir, Path workDir) throws Exception {
        return WarHost.unpackInto(workDir)
                .inJetty(RunningMarket.quietParameters(dataDir))
                .endpoint();
    }

    @Override
    protected List<Deviation> deviations() {
        return List.of(JETTY_DEFLATE);
    }
}
