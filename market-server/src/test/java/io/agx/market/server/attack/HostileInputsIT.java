package io.agx.market.server.attack;

import java.nio.file.Path;

/** The embedded server, which is allowed nothing. */
final class HostileInputsIT extends HostileInputsSuite {
    @Override
    Victim start(Path dataFolder) throws Exception {
        return Victim.start(dataFolder);
    }
}
