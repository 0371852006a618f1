package io.agx.market.server.container;

import java.io.IOException;
import java.nio.file.Path;

/** The WAR at {@code /} of a Tomcat in this process, for tests of other packages. */
public final class WarInTomcat implements AutoCloseable {
    private final RunningMarket market;

    private WarInTomcat(RunningMarket market) {
        this.market = market;
    }

    /** Without a feed. */
    public static WarInTomcat start(Path folder) throws Exception {
        return new WarInTomcat(
                WarHost.unpackInto(folder).inTomcat(RunningMarket.quietParameters(folder.resolve("data")), ""));
    }

    public int port() {
        return market.port();
    }

    @Override
    public void close() throws IOException {
        try {
            market.close();
        } catch (Exception e) {
            throw new IOException("Tomcat did not stop", e);
        }
    }
}
