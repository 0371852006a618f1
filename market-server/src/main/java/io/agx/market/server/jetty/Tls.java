package io.agx.market.server.jetty;

import io.agx.market.server.config.PortsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 with a certificate that is read again when its files change: new connections get the new one, those that are open keep
 * theirs. Files that are not good are told in the log and leave the old certificate in use. Looked at on the thread {@code market-tls}.
 */
final class Tls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    /** Between two looks at the files. */
    static final long LOOK_MILLIS = 1_000;

    private final PortsConfig.Tls config;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "market-tls");
        thread.setDaemon(true);
        return thread;
    });
    // Written where a certificate is loaded, read by anyone.
    private volatile long expirySeconds;
    // The thread's own, after the start.
    private List<String> seen = List.of();

    /** @throws IllegalStateException if the files are not good; the message says why */
    Tls(PortsConfig.Tls config) {
        this.config = config;
        try {
            seen = signs();
            KeyStore loaded = TlsCertificate.load(config);
            use(factory, loaded);
            expirySeconds = TlsCertificate.expirySeconds(loaded);
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("TLS cannot be used: there is no file " + e.getMessage(), e);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("TLS cannot be used: " + e.getMessage(), e);
        }
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setRenegotiationAllowed(false);
        factory.setSniRequired(false);
    }

    void start() {
        ScheduledFuture<?> unused =
                looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param protocol what is spoken inside */
    SslConnectionFactory connections(String protocol) {
        return new Connections(factory, protocol);
    }

    /** When the certificate in use, or one of its chain, ends, in seconds since 1970. Thread-safe. */
    long expirySeconds() {
        return expirySeconds;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }

    private void look() {
        try {
            List<String> now = signs();
            if (!now.equals(seen)) {
                seen = now;
                KeyStore loaded = TlsCertificate.load(config);
                factory.reload(changed -> use((SslContextFactory.Server) changed, loaded));
                expirySeconds = TlsCertificate.expirySeconds(loaded);
                LOG.info("the certificate was read again: file={}", config.certificate());
            }
        } catch (Exception e) {
            LOG.error(
                    "the changed certificate is not good, the old one stays in use: file={} cause={}",
                    config.certificate(),
                    e.toString());
        }
    }

    private static void use(SslContextFactory.Server factory, KeyStore store) {
        factory.setKeyStore(store);
        factory.setKeyStorePassword(TlsCertificate.PASSWORD);
        factory.setKeyManagerPassword(TlsCertificate.PASSWORD);
    }

    /** By which a change of the files is seen. */
    private List<String> signs() throws IOException {
        List<Path> files = new ArrayList<>(List.of(config.certificate()));
        config.key().ifPresent(files::add);
        List<String> signs = new ArrayList<>();
        for (Path file : files) {
            signs.add(Files.getLastModifiedTime(file) + " " + Files.size(file) + " " + file.toRealPath());
        }
        return signs;
    }

    /** Whose connections tell what was decrypted. */
    private static final class Connections extends SslConnectionFactory {
        Connections(SslContextFactory.Server factory, String protocol) {
            super(factory, protocol);
        }

        @Override
        protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
            return new Encrypted(connector, endPoint, engine, this);
        }
    }

    private static final class Encrypted extends SslConnection {
        Encrypted(Connector connector, EndPoint endPoint, SSLEngine engine, SslConnectionFactory factory) {
            super(
                    connector.getByteBufferPool(),
                    connector.getExecutor(),
                    factory.getSslContextFactory(),
                    endPoint,
                    engine,
                    factory.isDirectBuffersForEncryption(),
                    factory.isDirectBuffersForDecryption());
        }

        @Override
        protected SslEndPoint newSslEndPoint() {
            return new Decrypted();
        }

        private final class Decrypted extends SslEndPoint {
            @Override
            public int fill(ByteBuffer buffer) throws IOException {
                int filled = super.fill(buffer);
                DirectEndPoint bare = DirectEndPoint.of(this);
                if (filled > 0 && bare != null) {
                    bare.progress().read(DirectEndPoint.filledPart(buffer, filled));
                }
                return filled;
            }
        }
    }
}
