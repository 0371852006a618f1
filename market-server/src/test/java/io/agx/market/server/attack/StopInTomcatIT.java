package io.agx.market.server.attack;

import io.agx.market.server.durability.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The WAR in Tomcat, which stops taking requests, then closes its WebSockets by itself, and only then tells the application. */
final class StopInTomcatIT extends StopSuite {
    @Test
    void aStopPushesAllThatWasAcknowledgedAndTellsEveryoneToComeBack() throws Exception {
        stops("Tomcat");
    }

    @Override
    ServerProcess serve(Path dataDir) throws IOException {
        return ServerProcess.serveInTomcat(dataDir);
    }

    /** As {@link HostileInputsInTomcatIT} says of lost Close frames. All that was acknowledged before the stop must have come before all the same. */
    @Override
    Set<String> ends() {
        return Set.of("1001", "1012", "eof");
    }

    /** It closes WebSockets while it still answers requests: who comes back with a cursor gets those trades then (docs/OPERATIONS.md, 1). */
    @Override
    boolean pushesToTheEnd() {
        return false;
    }

    /** It may upgrade one more, and end it at once. */
    @Override
    Set<String> lateAnswers() {
        return Set.of("503", "refused", "ended", "101, then eof");
    }
}
