package io.agx.market.server.container;

import io.agx.market.server.conformance.ConformanceSuite;
import io.agx.market.server.conformance.Deviation;
import io.agx.market.server.conformance.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** The WAR in Tomcat. */
final class ConformanceInTomcatIT extends ConformanceSuite {
    @Override
    protected Endpoint start(Path dataDir, Path workDir) throws Exception {
        return WarHost.unpackInto(workDir)
                .inTomcat(RunningMarket.quietParameters(dataDir))
                .endpoint();
    }

    /**
     * A Close frame that Tomcat sends while another thread still completes the message before breaks that message (EOFException, or
     * IllegalArgumentException of the buffer that both use), and may be lost or broken itself.
     */
    @Override
    protected boolean mayLoseCloseFrames() {
        return true;
    }

    @Override
    protected List<Deviation> deviations() {
        String unknown = "Tomcat knows no codes above 1011 but those of applications";
        String ignored = "Tomcat looks at RSV1 of the first fragment only";
        return List.of(
                new Deviation("7.4 close with 1012", unknown, "close:1002", "eof"),
                new Deviation("7.4 close with 1013", unknown, "close:1002", "eof"),
                new Deviation("7.4 close with 1014", unknown, "close:1002", "eof"),
                new Deviation("6.1 RSV1 on a continuation", ignored, "pong:grün €𝄞", Deviation.LIVES),
                new Deviation(
                        "6.1 RSV1 on the continuation of a message that is not compressed",
                        ignored,
                        "close:1007",
                        "eof"));
    }
}
