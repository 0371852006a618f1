package io.agx.market.server.container;

import java.nio.file.Path;
import java.util.Map;

/** The WAR in Tomcat. */
final class WarInTomcatIT extends WarSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        return war().inTomcat(RunningMarket.parameters(dataDir));
    }

    /** As {@link ConformanceInTomcatIT} says. */
    @Override
    protected boolean mayLoseCloseFrames() {
        return true;
    }

    @Override
    RunningMarket startLimited(Map<String, String> parameters) throws Exception {
        return war().inTomcat(parameters);
    }
}
