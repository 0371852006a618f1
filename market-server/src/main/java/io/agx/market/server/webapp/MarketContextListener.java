package io.agx.market.server.webapp;

import io.agx.market.server.MarketServer;
import io.agx.market.server.config.EnvironmentConfig;
import io.agx.market.server.websocket.SessionAborter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the server with the web application and stops it with it. Named in the WAR's {@code web.xml}; configured by system
 * properties and environment variables, see {@link EnvironmentConfig}.
 */
public final class MarketContextListener implements ServletContextListener {
    private static final Logger LOG = LoggerFactory.getLogger(MarketContextListener.class);

    private @Nullable MarketServer server;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            MarketServer created = new MarketServer(EnvironmentConfig.read(System::getProperty, System::getenv));
            server = created;
            created.install(event.getServletContext(), SessionAborter.NONE);
            created.start();
            LOG.info(
                    "market serves in {}: feed={}",
                    event.getServletContext().getServerInfo(),
                    created.feedDescription());
        } catch (IOException e) {
            throw new IllegalStateException("market cannot start: " + e.getMessage(), e);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        MarketServer running = server;
        if (running != null) {
            running.close();
        }
    }
}
