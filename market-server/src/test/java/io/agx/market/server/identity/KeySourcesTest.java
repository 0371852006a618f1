package io.agx.market.server.identity;

import static io.agx.market.core.protocol.ErrorCode.KEYS_UNAVAILABLE;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.testing.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change while the server runs: in a file, and at a URL of a real HTTP server. */
class KeySourcesTest {
    private static final long NOW = 1_795_000_000L;
    private static final KeyPair FIRST = Jwt.ec("secp256r1");
    private static final KeyPair SECOND = Jwt.ec("secp256r1");

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile String body = Jwt.jwkSet(Jwt.jwk("k1", FIRST));
    private volatile int status = 200;
    private volatile boolean hangs;
    private HttpServer http;
    private ExecutorService threads;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newCachedThreadPool();
        http.setExecutor(threads);
        http.createContext("/keys", exchange -> {
            requests.incrementAndGet();
            if (hangs) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        http.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        http.stop(0);
        threads.shutdownNow();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/keys");
    }

    private TokenVerifier verifier(KeySource keys) {
        return new TokenVerifier(keys, new TokenRules("", "", 0, TimeUnit.DAYS.toMillis(1)), () -> NOW * 1_000);
    }

    private static String token(String id, KeyPair pair) {
        return Jwt.signed(
                "ES256",
                pair.getPrivate(),
                "{\"alg\":\"ES256\",\"kid\":\"" + id + "\"}",
                "{\"sub\":\"alice\",\"exp\":" + (NOW + 60) + "}");
    }

    /** Now, or once the fetch has ended: on a busy machine a token does not wait for the first one long enough. */
    private static void assertTaken(TokenVerifier verifier, String token) {
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsInstanceOf(ProtocolException.class)
                .until(() -> verifier.authenticate(token).userId().equals("alice"));
    }

    private static void assertRefused(TokenVerifier verifier, String token, Object code) {
        assertThatThrownBy(() -> verifier.authenticate(token))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aFileIsReadAgainWhenItChangesAndKeepsItsKeysWhenItIsBroken(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, Jwt.jwkSet(Jwt.jwk("k1", FIRST)));
        TokenVerifier verifier = verifier(new FileKeys(file, clock::nanos));
        assertThat(verifier.authenticate(token("k1", FIRST)).userId()).isEqualTo("alice");

        replace(file, Jwt.jwkSet(Jwt.jwk("k2", SECOND)));
        assertRefused(verifier, token("k2", SECOND), TOKEN_KEY);
        clock.advanceMillis(1_000);
        assertThat(verifier.authenticate(token("k2", SECOND)).userId()).isEqualTo("alice");
        assertRefused(verifier, token("k1", FIRST), TOKEN_KEY);

        replace(file, "nonsense");
        clock.advanceMillis(1_000);
        assertThat(verifier.authenticate(token("k2", SECOND)).userId()).isEqualTo("alice");
        Files.delete(file);
        clock.advanceMillis(1_000);
        assertThat(verifier.authenticate(token("k2", SECOND)).userId()).isEqualTo("alice");
    }

    /** As tools do it: a new file in the place of the old one, so that it is another one whatever its time. */
    private static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling("new");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aFileThatIsMissingOrWeakStopsTheStartAndIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("weak.pem");
        Files.writeString(file, Jwt.pem(Jwt.rsa(1_024)));

        assertThatThrownBy(() -> new FileKeys(file, clock::nanos))
                .hasMessageContaining("weak.pem")
                .hasMessageContaining("1024");
        assertThatThrownBy(() -> new FileKeys(folder.resolve("none"), clock::nanos))
                .hasMessageContaining("none");
    }

    @Test
    void anUnknownKeyIsFetchedOnceWithinTheFloor() {
        UrlKeys keys = new UrlKeys(uri(), clock::nanos);
        TokenVerifier verifier = verifier(keys);
        assertTaken(verifier, token("k1", FIRST));
        assertThat(requests).hasValue(1);

        body = Jwt.jwkSet(Jwt.jwk("k1", FIRST), Jwt.jwk("k2", SECOND));
        for (int i = 0; i < 1_000; i++) {
            assertRefused(verifier, token("k" + (i + 100), SECOND), TOKEN_KEY);
        }
        assertThat(requests).as("fetches within the floor").hasValue(1);
        clock.advanceMillis(10_000);
        assertThat(verifier.authenticate(token("k2", SECOND)).userId()).isEqualTo("alice");
        assertThat(requests).hasValue(2);
    }

    @Test
    void keysThatAreWithdrawnAreGoneAfterTheNextFetch() {
        TokenVerifier verifier = verifier(new UrlKeys(uri(), clock::nanos));
        assertTaken(verifier, token("k1", FIRST));
        body = Jwt.jwkSet(Jwt.jwk("k2", SECOND));
        clock.advanceMillis(Duration.ofMinutes(5).toMillis());
        assertThat(verifier.authenticate(token("k1", FIRST)).userId())
                .as("not waited for")
                .isEqualTo("alice");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertRefused(verifier, token("k1", FIRST), TOKEN_KEY));
    }

    @Test
    void theFirstTokenAfterATimeWithoutAnyIsCheckedWithTheKeysOfThen() {
        TokenVerifier verifier = verifier(new UrlKeys(uri(), clock::nanos));
        assertTaken(verifier, token("k1", FIRST));
        body = Jwt.jwkSet(Jwt.jwk("k2", SECOND));
        clock.advanceMillis(Duration.ofHours(3).toMillis());

        assertRefused(verifier, token("k1", FIRST), TOKEN_KEY);
        assertThat(verifier.authenticate(token("k2", SECOND)).userId()).isEqualTo("alice");
    }

    @Test
    void theLastGoodKeysStayWhenTheUrlFails() {
        TokenVerifier verifier = verifier(new UrlKeys(uri(), clock::nanos));
        assertTaken(verifier, token("k1", FIRST));
        for (String broken : new String[] {"nonsense", "{\"keys\":[]}", "{".repeat(100_000), "x".repeat(300_000)}) {
            body = broken;
            clock.advanceMillis(10_000);
            assertRefused(verifier, token("k2", SECOND), TOKEN_KEY);
            assertThat(verifier.authenticate(token("k1", FIRST)).userId()).isEqualTo("alice");
        }
        status = 500;
        clock.advanceMillis(10_000);
        assertRefused(verifier, token("k2", SECOND), TOKEN_KEY);
        http.stop(0);
        clock.advanceMillis(10_000);
        assertRefused(verifier, token("k2", SECOND), TOKEN_KEY);
        assertThat(verifier.authenticate(token("k1", FIRST)).userId()).isEqualTo("alice");
        assertThat(requests).hasValue(6);
    }

    @Test
    void aServerThatHangsCostsATokenLessThanTwoSecondsAndOthersNothing() {
        UrlKeys keys = new UrlKeys(uri(), clock::nanos);
        TokenVerifier verifier = verifier(keys);
        assertTaken(verifier, token("k1", FIRST));
        hangs = true;
        clock.advanceMillis(10_000);

        long startNanos = System.nanoTime();
        assertRefused(verifier, token("k2", SECOND), TOKEN_KEY);
        assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(2));
        startNanos = System.nanoTime();
        assertThat(verifier.authenticate(token("k1", FIRST)).userId()).isEqualTo("alice");
        assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void withoutEverHavingHadKeysATokenIsToBeShownAgainLater() {
        status = 503;
        UrlKeys keys = new UrlKeys(uri(), clock::nanos);
        TokenVerifier verifier = verifier(keys);
        assertRefused(verifier, token("k1", FIRST), KEYS_UNAVAILABLE);
        status = 200;
        assertRefused(verifier, token("k1", FIRST), KEYS_UNAVAILABLE);
        clock.advanceMillis(10_000);
        assertTaken(verifier, token("k1", FIRST));
    }

    @Test
    void redirectsAreNotFollowed() {
        http.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", uri().toString());
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        UrlKeys keys = new UrlKeys(uri().resolve("/moved"), clock::nanos);

        assertRefused(verifier(keys), token("k1", FIRST), KEYS_UNAVAILABLE);
        assertThat(requests).hasValue(0);
    }

    @Test
    void keysOverAnOpenConnectionAreTakenFromLoopbackOnly() {
        for (String uri : new String[] {
            "http://issuer.example/keys", "http://localhost.issuer.example/keys", "ftp://127.0.0.1/keys", "file:///keys"
        }) {
            assertThatThrownBy(() -> new UrlKeys(URI.create(uri), clock::nanos))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
