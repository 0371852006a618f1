package io.agx.market.server.container;

import java.nio.file.Path;

/** The WAR in Tomcat. */
final class WarInTomcatIT extends WarSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        ContainerLoader loader = new ContainerLoader(TomcatHost.class, jar -> jar.startsWith("tomcat-"));
        return running(loader, loader.start(war(), newWorkDir(), CONTEXT_PATH, parameterLines(dataDir)));
    }
}
