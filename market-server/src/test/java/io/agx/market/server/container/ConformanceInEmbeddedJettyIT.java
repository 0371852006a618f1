package io.agx.market.server.container;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.conformance.ConformanceSuite;
import io.agx.market.server.conformance.Deviation;
import io.agx.market.server.conformance.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** The runnable jar's Jetty: it does as the RFC says, but for one fault of Jetty's own extension; clients may not keep their window. */
final class ConformanceInEmbeddedJettyIT extends ConformanceSuite {
    /** Whether the reply to the message before overtakes the Close is the threads' choice. */
    private static final String FORBIDDEN = "our answer has client_no_context_takeover, which these clients break";

    @Override
    protected Endpoint start(Path dataDir, Path workDir) throws Exception {
        return EmbeddedHost.start(RunningMarket.quietParameters(dataDir), TransportChoice.FAST)
                .endpoint();
    }

    @Override
    protected List<Deviation> deviations() {
        List<List<String>> afterOne = List.of(List.of("pong:a", "close:1007", "eof"), List.of("close:1007", "eof"));
        return List.of(
                JETTY_DEFLATE,
                new Deviation("7.1.1.2 messages that use the client's window", FORBIDDEN, afterOne),
                new Deviation("7.1.1.2 the client's window in one segment", FORBIDDEN, afterOne),
                new Deviation(
                        "7.2.3.2 the example of a shared window",
                        FORBIDDEN,
                        List.of(List.of("error:bad_json", "close:1007", "eof"), List.of("close:1007", "eof"))));
    }
}
