package io.agx.market.server.webapp;

import io.agx.market.server.MarketServer;
import io.agx.market.server.config.ConfigSources;
import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.LogConfig;
import io.agx.market.server.logging.ProcessLog;
import io.agx.market.server.websocket.ContainerSessions;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the server with the web application and stops it with it. Named in the WAR's {@code web.xml}. Configured by the
 * parameters of its context, so that two applications in one container can differ, else by system properties and environment
 * variables: see {@link ConfigSources}; and by the file that {@code market.config}
 * names.
 */
public final class MarketContextListener implements ServletContextListener {
    private static final Logger LOG = LoggerFactory.getLogger(MarketContextListener.class);

    private @Nullable MarketServer server;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        try {
            LoadedConfig loaded = ConfigSources.ofWebApplication(name -> property(context, name), System::getenv)
                    .load();
            LogConfig logConfig = loaded.config().log();
            ProcessLog log = new ProcessLog(LogConfig.DEFAULTS.level());
            log.useFormat(logConfig.format());
            log.setLevels(logConfig.level(), logConfig.levels());
            MarketServer created = new MarketServer(loaded.config());
            created.reloadFrom(loaded, next -> log.setLevels(next.level(), next.levels()));
            start(created, context);
            server = created;
            LOG.info(
                    "market serves in {}: feed={} tokens={}",
                    context.getServerInfo(),
                    created.feedDescription(),
                    created.tokenDescription());
        } catch (IOException e) {
            throw new IllegalStateException("market cannot start: " + e.getMessage(), e);
        }
    }

    /** A server that does not start leaves its folder free: containers differ in whether they tell the end of what never began. */
    private static void start(MarketServer created, ServletContext context) throws IOException {
        try {
            created.guardHandshakes(context);
            created.install(context, ContainerSessions.PORTABLE);
            created.start();
        } catch (IOException | RuntimeException e) {
            created.close();
            throw e;
        }
    }

    private static @Nullable String property(ServletContext context, String name) {
        String parameter = context.getInitParameter(name);
        return parameter == null ? System.getProperty(name) : parameter;
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        MarketServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
        MarketServer.unloadDrivers();
    }
}
