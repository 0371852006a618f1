package io.agx.market.server.container;

import java.nio.file.Path;

/** The WAR in Tomcat. */
final class WarInTomcatIT extends WarSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        return war().inTomcat(RunningMarket.parameters(dataDir));
    }
}
