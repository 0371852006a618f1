package io.agx.market.server.container;

import java.nio.file.Path;
import java.util.Map;

/** The WAR in a Jetty that is not ours: its server classes are hidden from the application. */
final class WarInJettyIT extends WarSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        return war().inJetty(RunningMarket.parameters(dataDir));
    }

    @Override
    RunningMarket startLimited(Map<String, String> parameters) throws Exception {
        return war().inJetty(parameters);
    }
}
