package io.agx.market.server.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedInboxRowsTest extends InboxRowsTest {
    @TempDir
    private Path folder;

    @Override
    StoreLocation location() {
        return StoreLocation.embedded(folder.resolve("db"));
    }
}
