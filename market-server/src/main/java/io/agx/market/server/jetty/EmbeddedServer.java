package io.agx.market.server.jetty;

import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.websocket.ContainerSessions;
import io.agx.market.server.websocket.MarketEndpoints;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty with one plain connector. Started and stopped once. */
public final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final int MAX_THREADS = 200;
    private static final int HEADER_BYTES = 16_384;
    private static final int OUTPUT_BYTES = 16_384;
    private static final long IDLE_MILLIS = 60_000;
    /** A body that drips slower than this is closed: inactivity time-outs never fire on a drip. */
    private static final long MIN_REQUEST_BYTES_PER_SECOND = 500;

    /** What a storm of reconnects may find waiting; the kernel caps it at net.core.somaxconn. */
    private static final int ACCEPT_QUEUE = 4_096;

    private static final long STOP_MILLIS = 5_000;

    private final Server server;
    private final ServerConnector connector;
    private final boolean direct;
    private final boolean compression;
    private volatile Supplier<Optional<String>> notTaking = Optional::empty;

    /**
     * @param install puts servlets and endpoints into the context when it starts, told what Jetty can do with its sessions
     */
    public EmbeddedServer(
            String host, int port, DeliveryConfig delivery, BiConsumer<ServletContext, ContainerSessions> install) {
        QueuedThreadPool pool = new QueuedThreadPool(MAX_THREADS, 8);
        pool.setName("market-http");
        server = new Server(pool);
        server.setStopTimeout(STOP_MILLIS);
        connector = new DirectConnector(server, new HttpConnectionFactory(httpConfiguration()));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        if (delivery.sendBufferBytes() > 0) {
            connector.setAcceptedSendBufferSize(delivery.sendBufferBytes());
        }
        server.addConnector(connector);
        direct = delivery.transport() != DeliveryConfig.TransportChoice.PORTABLE;
        compression = delivery.compression();
        ContainerSessions sessions = new JettySessions(direct);
        ServletContextHandler context = new ServletContextHandler("/", false, false);
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            useExtensions(context, delivery);
            install.accept(servletContext, sessions);
            forgetRequests(context);
        });
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

    /** How connections are written to, in one line. */
    public String transportDescription() {
        return (direct ? "fast" : "portable") + (compression ? ", compressed for who asks" : ", no compression");
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /**
     * Takes no more connections. Jetty gives those that are left a second of idleness, and does not see what the flush thread writes: so call it
     * when each WebSocket was told to close.
     */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.info("connections that had not ended within {} ms were cut", STOP_MILLIS);
        } catch (Exception e) {
            throw new IllegalStateException("Jetty could not be stopped", e);
        }
    }

    /** Only permessage-deflate, as it can be shared; with the portable transport too, so that both negotiate alike. */
    private static void useExtensions(ServletContextHandler context, DeliveryConfig delivery) {
        WebSocketExtensionRegistry extensions =
                WebSocketServerComponents.getWebSocketComponents(context).getExtensionRegistry();
        List.copyOf(extensions.getAvailableExtensionNames()).forEach(extensions::unregister);
        if (delivery.compression()) {
            extensions.register(SharedDeflateExtension.NAME, SharedDeflateExtension.class);
        }
    }

    /** First of all filters, as Jetty's upgrade filter made itself when the endpoint was added. */
    private static void forgetRequests(ServletContextHandler context) {
        FilterHolder holder = new FilterHolder(new ForgottenRequest());
        holder.setName("market-forgotten-request");
        holder.setAsyncSupported(true);
        FilterMapping mapping = new FilterMapping();
        mapping.setFilterName(holder.getName());
        mapping.setPathSpec(MarketEndpoints.PATH);
        mapping.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        context.getServletHandler().prependFilter(holder);
        context.getServletHandler().prependFilterMapping(mapping);
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

    /** A plain connector whose connections have the flush thread's way to the socket beside Jetty's. */
    private static final class DirectConnector extends ServerConnector {
        DirectConnector(Server server, HttpConnectionFactory http) {
            super(server, 1, 1, http);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(
                SocketChannel channel, ManagedSelector selectSet, SelectionKey key) {
            SocketChannelEndPoint endPoint = new DirectEndPoint(channel, selectSet, key, getScheduler());
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
