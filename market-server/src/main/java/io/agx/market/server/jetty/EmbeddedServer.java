package io.agx.market.server.jetty;

import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.websocket.MarketEndpoints;
import io.agx.market.server.websocket.SessionAborter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with one plain connector. Started and stopped once. */
public final class EmbeddedServer implements AutoCloseable {
    /** Ends TCP connections by Jetty's own session, without a Close frame. */
    public static final SessionAborter ABORTER = session -> {
        if (session instanceof JakartaWebSocketSession jetty) {
            jetty.getCoreSession().abort();
            return true;
        }
        return false;
    };

    private static final int MAX_THREADS = 200;
    private static final int HEADER_BYTES = 16_384;
    private static final int OUTPUT_BYTES = 16_384;
    private static final long IDLE_MILLIS = 60_000;
    /** A body that drips slower than this is closed: inactivity time-outs never fire on a drip. */
    private static final long MIN_REQUEST_BYTES_PER_SECOND = 500;

    private static final long STOP_MILLIS = 5_000;

    private final Server server;
    private final ServerConnector connector;
    private volatile Supplier<Optional<String>> notTaking = Optional::empty;

    /**
     * @param install puts servlets and endpoints into the context when it starts
     */
    public EmbeddedServer(String host, int port, Consumer<ServletContext> install) {
        QueuedThreadPool pool = new QueuedThreadPool(MAX_THREADS, 8);
        pool.setName("market-http");
        server = new Server(pool);
        server.setStopTimeout(STOP_MILLIS);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(httpConfiguration()));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(1_024);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/", false, false);
        context.addEventListener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                install.accept(event.getServletContext());
            }
        });
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        server.setHandler(
                new HandshakeHandler(new HandshakeGuard(() -> notTaking.get()), MarketEndpoints.PATH, context));
    }

    /** Refuses handshakes with 503 while this tells a reason; it is asked on the container's threads. Set before the start. */
    public void refuseConnectionsWhile(Supplier<Optional<String>> reason) {
        notTaking = reason;
    }

    /**
     * Listens.
     *
     * @throws IllegalStateException if the port is taken or may not be used; the message names it
     */
    public void start() {
        try {
            server.start();
        } catch (Exception e) {
            try {
                server.stop();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new IllegalStateException(
                    "cannot listen on " + connector.getHost() + ":" + connector.getPort() + ": " + rootMessage(e), e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Takes no more connections; those there are go on. */
    public void stopAccepting() {
        connector.shutdown().exceptionally(e -> null); // Nothing to do about it: close() comes next.
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty could not be stopped", e);
        }
    }

    @SuppressWarnings("removal")
    private static HttpConfiguration httpConfiguration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setResponseHeaderSize(HEADER_BYTES);
        http.setOutputBufferSize(OUTPUT_BYTES);
        http.setMinRequestDataRate(MIN_REQUEST_BYTES_PER_SECOND);
        return http;
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
