package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.EdgeConfig;
import io.agx.market.server.config.PortsConfig;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Scrape;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** https and wss on a certificate whose files change. */
class TlsIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static SSLContext trusting;

    @BeforeAll
    static void trustAll() throws Exception {
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustsAll()}, null);
    }

    @Test
    void pagesAndWebSocketsAreEncryptedAndAChangedCertificateIsUsedWithoutEndingAnything() throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        write(certificate, key, keyStore("first", "RSA"));
        try (RunningMarket market = start("data", new PortsConfig.Tls(certificate, Optional.of(key), ""))) {
            assertThat(subject(market.port(), "TLSv1.3")).isEqualTo("CN=first");
            assertThat(subject(market.port(), "TLSv1.2")).isEqualTo("CN=first");
            HttpResponse<String> page = get(market.port(), "/api/v1/tickers");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Strict-Transport-Security")).hasValue("max-age=300");

            try (SSLSocket open = webSocket(market.port())) {
                DataInputStream in = new DataInputStream(open.getInputStream());
                assertThat(nextText(in)).contains("\"welcome\"", "\"transport\":\"portable\"");

                Files.writeString(certificate, "nonsense");
                touch(certificate);
                await().pollDelay(Duration.ofMillis(2 * Tls.LOOK_MILLIS))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> subject(market.port(), "TLSv1.3").equals("CN=first"));
                write(certificate, key, keyStore("second", "EC"));
                touch(certificate);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> subject(market.port(), "TLSv1.3").equals("CN=second"));

                sendPing(open);
                assertThat(nextText(in)).as("on the connection from before").isEqualTo("PONG");
                try (InputStream pem = Files.newInputStream(certificate)) {
                    X509Certificate used = (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(pem);
                    assertThat(Scrape.of(get(market.port(), "/metrics").body())
                                    .sum("market_tls_certificate_expiry_seconds"))
                            .isEqualTo(used.getNotAfter().getTime() / 1_000.0);
                }
            }
            assertThat(subject(market.port(), "TLSv1.1")).startsWith("javax.net.ssl.SSLHandshakeException");
        }
    }

    /** What asks whether a container is well speaks no TLS. */
    @Test
    void theSecondPortIsPlainAtLoopbackAndAContainersProbeFindsTheServerWell() throws Exception {
        Path file = folder.resolve("admin.p12");
        Files.copy(keyStore("admin", "RSA"), file);
        PortsConfig ports = PortsConfig.DEFAULTS
                .withTls(new PortsConfig.Tls(file, Optional.empty(), PASSWORD))
                .withAdmin("127.0.0.1", 0);
        try (RunningMarket market =
                RunningMarket.listening(folder.resolve("data-admin"), config -> config.withPorts(ports))) {
            URI metrics = URI.create("http://127.0.0.1:" + market.adminPort() + "/metrics");
            assertThat(HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(probe(market.port(), "-1"))
                    .as("the port that is encrypted")
                    .isEqualTo(1);
            assertThat(probe(market.port(), String.valueOf(market.adminPort()))).isZero();
        }
        assertThat(ports.withAdmin("0.0.0.0", 0).hasEncryptedAdminPort()).isTrue();
        assertThat(ports.withAdmin("metrics.example.org", 0).hasEncryptedAdminPort())
                .isTrue();
    }

    private static int probe(int port, String adminPort) throws Exception {
        ProcessBuilder bash = new ProcessBuilder("bash", "../deploy/container/healthcheck");
        bash.environment().putAll(Map.of("MARKET_PORT", String.valueOf(port), "MARKET_ADMIN_PORT", adminPort));
        return bash.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aMessageThatIsNotFinishedIsEndedBehindTlsToo() throws Exception {
        Path file = folder.resolve("both.p12");
        Files.copy(keyStore("p12", "RSA"), file);
        try (RunningMarket market = start("data-p12", new PortsConfig.Tls(file, Optional.empty(), PASSWORD));
                SSLSocket open = webSocket(market.port())) {
            DataInputStream in = new DataInputStream(open.getInputStream());
            nextText(in);
            open.getOutputStream().write(new byte[] {0x01, (byte) 0x81, 0, 0, 0, 0, '{'});

            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            assertThat(first & 0x0f).isEqualTo(8);
            assertThat(in.readUnsignedShort()).isEqualTo(1008);
            assertThat(new String(in.readNBytes(length - 2), StandardCharsets.US_ASCII))
                    .contains("a message took more than");
        }
    }

    @Test
    void aCertificateThatCannotBeUsedIsRefusedWithTheReason() throws Exception {
        Path certificate = folder.resolve("a.pem");
        Path key = folder.resolve("a.key");
        Path otherKey = folder.resolve("b.key");
        write(certificate, key, keyStore("a", "RSA"));
        write(folder.resolve("b.pem"), otherKey, keyStore("b", "RSA"));

        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(certificate, Optional.of(otherKey), "")))
                .hasMessageContaining("does not belong to");
        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(folder.resolve("none.pem"), Optional.of(key), "")))
                .hasMessageContaining("there is no file")
                .hasMessageContaining("none.pem");
        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(certificate, Optional.of(certificate), "")))
                .hasMessageContaining("no private key in PEM");
        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(key, Optional.of(key), "")))
                .hasMessageContaining("TLS cannot be used");
        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(certificate, Optional.empty(), "wrong")))
                .hasMessageContaining("no PKCS #12 file");
        String pkcs1 = Files.readString(key).replace("PRIVATE KEY", "EC PRIVATE KEY");
        Files.writeString(otherKey, pkcs1);
        assertThatThrownBy(() -> new Tls(new PortsConfig.Tls(certificate, Optional.of(otherKey), "")))
                .hasMessageContaining("openssl pkcs8")
                .satisfies(e -> assertThat(e.toString()).doesNotContain("MII"));
    }

    private static RunningMarket start(String name, PortsConfig.Tls tls) throws IOException {
        return RunningMarket.listening(
                folder.resolve(name),
                config -> config.withPorts(config.ports().withTls(tls))
                        .withEdge(config.edge()
                                .withHstsSeconds(300)
                                .withDeadlines(new EdgeConfig.Deadlines(20_000, 60_000, 1_000))));
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();
        return client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String subject(int port, String protocol) throws IOException {
        try (SSLSocket socket = socket(port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        } catch (SSLHandshakeException e) {
            return e.toString();
        }
    }

    private static SSLSocket socket(int port) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static SSLSocket webSocket(int port) throws IOException {
        SSLSocket socket = socket(port);
        socket.getOutputStream()
                .write(("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:" + port
                                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Origin: https://127.0.0.1:" + port + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        assertThat(head).startsWith("HTTP/1.1 101");
        return socket;
    }

    private static void sendPing(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(new byte[] {(byte) 0x81, (byte) 0x84, 0, 0, 0, 0, 'P', 'I', 'N', 'G'});
    }

    /** The next text; control frames are passed over. */
    private static String nextText(DataInputStream in) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] payload = in.readNBytes(length == 126 ? in.readUnsignedShort() : length);
            if ((first & 0x0f) == 1) {
                return new String(payload, StandardCharsets.UTF_8);
            }
        }
    }

    /** Made by the JDK's own tool. */
    private static Path keyStore(String name, String algorithm) throws Exception {
        Path file = folder.resolve(name + "-" + algorithm + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        return file;
    }

    private static void write(Path certificate, Path key, Path keyStore) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        StringBuilder chain = new StringBuilder();
        for (Certificate each : store.getCertificateChain("a")) {
            chain.append(pem("CERTIFICATE", each.getEncoded()));
        }
        Files.writeString(
                key,
                pem("PRIVATE KEY", store.getKey("a", PASSWORD.toCharArray()).getEncoded()));
        Files.writeString(certificate, chain);
    }

    private static String pem(String name, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + name + "-----\n" + base64 + "\n-----END " + name + "-----\n";
    }

    /** So that the change shows also where a file system's times are coarse. */
    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(
                file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 1_000));
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return List.<X509Certificate>of().toArray(X509Certificate[]::new);
        }
    }
}
