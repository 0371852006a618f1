package io.agx.market.server.testing;

import io.agx.market.server.MarketServer;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.jetty.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;

/** A server in a process of its own that takes {@link TestTokens}: for tests that kill it. */
public final class TokenServer {
    private TokenServer() {}

    /** @param arguments the data folder */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        MarketConfig config = MarketConfig.defaults(Path.of(arguments[0]))
                .withFeed(FeedConfig.NONE)
                .withInbox(InboxLimits.DEFAULTS.withKept(30_000, 0)) // None is deleted under a test.
                .withAddress("127.0.0.1", 0);
        Tokens.prepare(config.dataDir());
        MarketServer market = new MarketServer(config, FillListener.NOBODY);
        EmbeddedServer http = new EmbeddedServer(config.host(), config.port(), config.delivery(), market::install);
        market.startWithoutFeed();
        http.start();
        System.out.println("market is serving: http://localhost:" + http.port() + "/");
    }
}
