package io.agx.market.server.attack;

import io.agx.market.server.durability.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded server, over both transports. */
final class StopIT extends StopSuite {
    private String transport = "";

    @ParameterizedTest
    @ValueSource(strings = {"fast", "portable"})
    void aStopPushesAllThatWasAcknowledgedAndTellsEveryoneToComeBack(String each) throws Exception {
        transport = each;
        stops(transport);
    }

    @Override
    ServerProcess serve(Path dataDir) throws IOException {
        return ServerProcess.serve(dataDir, "--transport", transport);
    }

    @Override
    void ended(ServerProcess server) throws IOException {
        server.awaitLine(Pattern.compile("^stopped; everything is durable$"));
    }
}
