package io.agx.market.server.container;

import java.nio.file.Path;

/** The WAR in a Jetty that is not ours: its server classes are hidden from the application. */
final class WarInJettyIT extends WarSuite {
    @Override
    RunningMarket start(Path dataDir) throws Exception {
        ContainerLoader loader = new ContainerLoader(
                JettyHost.class,
                jar -> jar.startsWith("jetty-")
                        || jar.startsWith("jakarta.")
                        || jar.startsWith("asm")
                        || jar.startsWith("slf4j-api"));
        return running(loader, loader.start(war(), newWorkDir(), CONTEXT_PATH, parameterLines(dataDir)));
    }
}
