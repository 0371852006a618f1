package io.agx.market.server.live;

import com.microsoft.playwright.impl.driver.Driver;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The browser client in the Node.js that the browser's driver brings: no machine has to have one. */
class BrowserNodeIT extends JsClientIT {
    @Override
    protected Optional<Node> findNode() {
        Driver driver = Driver.ensureDriverInstalled(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"), false);
        return Node.at(Path.of(driver.createProcessBuilder().command().get(0)));
    }
}
