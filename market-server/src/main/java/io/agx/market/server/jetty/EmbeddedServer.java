package io.agx.market.server.jetty;

import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.EdgeConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.PortsConfig;
import io.agx.market.server.handshake.Admission;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.websocket.ContainerSessions;
import io.agx.market.server.websocket.MarketEndpoints;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jetty.JettyServerThreadPoolMetrics;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty with one connector, plain or encrypted, and maybe a second one for who runs the server. Started and stopped once. */
public final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final int MAX_THREADS = 200;
    /** After a burst the threads that it needed go within seconds: so many in this time. */
    private static final int THREAD_IDLE_MILLIS = 10_000;

    private static final int THREADS_EVICTED = 100;
    private static final int HEADER_BYTES = 16_384;
    private static final int OUTPUT_BYTES = 16_384;
    private static final long IDLE_MILLIS = 60_000;
    /** Which of the connectors it is. */
    private static final String ADMIN = "admin";

    /** What a storm of reconnects may find waiting; the kernel caps it at net.core.somaxconn. */
    private static final int ACCEPT_QUEUE = 4_096;

    private static final long STOP_MILLIS = 5_000;

    private final Server server;
    private final QueuedThreadPool pool;
    private final BodyHandler bodies;
    private final ServerConnector connector;
    private final @Nullable ServerConnector admin;
    private final @Nullable Tls tls;
    private final DeadlineWatch watch;
    private final EdgeConfig edge;
    private final boolean direct;
    private final boolean compression;
    private volatile Supplier<Optional<String>> notTaking = Optional::empty;

    /**
     * With the standard edge, and one port.
     *
     * @param install puts servlets and endpoints into the context when it starts, told what Jetty can do with its sessions
     */
    public EmbeddedServer(
            String host, int port, DeliveryConfig delivery, BiConsumer<ServletContext, ContainerSessions> install) {
        this(
                MarketConfig.defaults(Path.of(".")).withAddress(host, port).withDelivery(delivery),
                Admission.standard(),
                install,
                context -> {});
    }

    /**
     * @param config its address, delivery, edge and ports
     * @param admission who may open a connection
     * @param install puts servlets and endpoints into the context when it starts, told what Jetty can do with its sessions
     * @param installAdmin puts what is on the second port into its context, if there is one
     * @throws IllegalStateException if the certificate is not good
     */
    public EmbeddedServer(
            MarketConfig config,
            Admission admission,
            BiConsumer<ServletContext, ContainerSessions> install,
            Consumer<ServletContext> installAdmin) {
        pool = new QueuedThreadPool(MAX_THREADS, 8);
        pool.setName("market-http");
        pool.setIdleTimeout(THREAD_IDLE_MILLIS);
        pool.setMaxEvictCount(THREADS_EVICTED);
        server = new Server(pool);
        server.setStopTimeout(STOP_MILLIS);
        server.setErrorHandler(new ProblemPages());
        edge = config.edge();
        watch = new DeadlineWatch(admission.counters());
        PortsConfig ports = config.ports();
        tls = ports.tls().map(Tls::new).orElse(null);
        connector = connector(config.delivery(), tls);
        connector.setHost(config.host());
        connector.setPort(config.port());
        admin = ports.hasAdminPort() ? connector(config.delivery(), ports.hasEncryptedAdminPort() ? tls : null) : null;
        if (admin != null) {
            admin.setName(ADMIN);
            admin.setHost(ports.adminHost());
            admin.setPort(ports.adminPort());
        }
        direct = config.delivery().transport() != DeliveryConfig.TransportChoice.PORTABLE && tls == null;
        compression = config.delivery().compression();
        ContainerSessions sessions = new JettySessions(direct, edge.deadlines());
        ServletContextHandler context = context();
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            useExtensions(context, config.delivery());
            install.accept(servletContext, sessions);
            forgetRequests(context);
        });
        bodies = new BodyHandler(admission.counters(), context);
        Handler market = new HandshakeHandler(
                new HandshakeGuard(admission, () -> notTaking.get()), MarketEndpoints.PATH, bodies);
        server.setHandler(new ExchangeHandler(admin == null ? market : withAdmin(market, installAdmin)));
    }

    private static Handler withAdmin(Handler market, Consumer<ServletContext> install) {
        ServletContextHandler context = context();
        context.addServletContainerInitializer((classes, servletContext) -> install.accept(servletContext));
        return new Handler.Sequence(
                new Handler.Wrapper(context) {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) throws Exception {
                        return isAdmin(request) && super.handle(request, response, callback);
                    }
                },
                new Handler.Wrapper(market) {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) throws Exception {
                        return !isAdmin(request) && super.handle(request, response, callback);
                    }
                });
    }

    private static boolean isAdmin(Request request) {
        return ADMIN.equals(request.getConnectionMetaData().getConnector().getName());
    }

    private static ServletContextHandler context() {
        ServletContextHandler context = new ServletContextHandler("/", false, false);
        context.setErrorHandler(new ProblemPages());
        return context;
    }

    private ServerConnector connector(DeliveryConfig delivery, @Nullable Tls encryption) {
        HttpConnectionFactory http = new HttpConnectionFactory(httpConfiguration());
        ServerConnector made = encryption == null
                ? new DirectConnector(server, http)
                : new DirectConnector(server, encryption.connections(http.getProtocol()), http);
        made.setIdleTimeout(IDLE_MILLIS);
        made.setAcceptQueueSize(ACCEPT_QUEUE);
        if (delivery.sendBufferBytes() > 0) {
            made.setAcceptedSendBufferSize(delivery.sendBufferBytes());
        }
        server.addConnector(made);
        return made;
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
            throw new IllegalStateException("cannot listen on " + addresses() + ": " + rootMessage(e), e);
        }
        watch.start();
        if (tls != null) {
            tls.start();
        }
    }

    /**
     * Has Jetty's figures told: its threads by Micrometer's own binder, {@code jetty_threads_*}; its connections, the bodies that are waited for, and when
     * the certificate ends.
     */
    public void measure(MeterRegistry registry) {
        new JettyServerThreadPoolMetrics(pool, Tags.empty()).bindTo(registry);
        connections(registry, connector, "main");
        if (admin != null) {
            connections(registry, admin, ADMIN);
        }
        Gauge.builder("market.http.body.bytes", bodies, BodyHandler::waitingBytes)
                .description("Bytes of request bodies that are waited for without a thread.")
                .strongReference(true)
                .register(registry);
        if (tls != null) {
            Gauge.builder("market.tls.certificate.expiry.seconds", tls, Tls::expirySeconds)
                    .description("When the certificate ends, in seconds since 1970.")
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static void connections(MeterRegistry registry, ServerConnector connector, String name) {
        Gauge.builder(
                        "market.http.connections",
                        connector,
                        each -> each.getConnectedEndPoints().size())
                .description("TCP connections now, HTTP and WebSocket alike, by the port.")
                .tag("port", name)
                .strongReference(true)
                .register(registry);
    }

    private String addresses() {
        String first = connector.getHost() + ":" + connector.getPort();
        return admin == null ? first : first + " and " + admin.getHost() + ":" + admin.getPort();
    }

    /** How connections are written to, in one line. */
    public String transportDescription() {
        return (direct ? "fast" : tls == null ? "portable" : "portable, for connections are encrypted")
                + (compression ? ", compressed for who asks" : ", no compression");
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The second port, or nothing if there is none. */
    public OptionalInt adminPort() {
        return admin == null ? OptionalInt.empty() : OptionalInt.of(admin.getLocalPort());
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
        } finally {
            watch.close();
            if (tls != null) {
                tls.close();
            }
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

    private HttpConfiguration httpConfiguration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setResponseHeaderSize(HEADER_BYTES);
        http.setOutputBufferSize(OUTPUT_BYTES);
        if (tls != null) {
            SecureRequestCustomizer secure = new SecureRequestCustomizer();
            secure.setSniHostCheck(false); // Clients come by address, by other names and through proxies.
            http.addCustomizer(secure);
        }
        return http;
    }

    /** A connector whose connections have the flush thread's way to the socket beside Jetty's, and deadlines. */
    private final class DirectConnector extends ServerConnector {
        DirectConnector(Server server, ConnectionFactory... factories) {
            super(server, 1, 1, factories);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(
                SocketChannel channel, ManagedSelector selectSet, SelectionKey key) {
            Progress progress = new Progress(edge.deadlines(), System::nanoTime);
            DirectEndPoint endPoint =
                    new DirectEndPoint(channel, selectSet, key, getScheduler(), progress, tls != null);
            endPoint.setIdleTimeout(getIdleTimeout());
            watch.add(endPoint);
            endPoint.whenEnded(() -> watch.remove(endPoint));
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
