package io.agx.market.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.InstrumentStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSourcesTest {
    private static final String SECRET = "a-secret-that-is-shown-nowhere-at-all";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<Key<?>, String> options = new HashMap<>();

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("market.conf"), text);
    }

    private ConfigSources sources() {
        return ConfigSources.ofCommandLine(
                folder.resolve("market.conf").toString(), environment::get, Map.copyOf(options));
    }

    private LoadedConfig load(String text) throws IOException {
        write(text);
        return sources().load();
    }

    @Test
    void whatComesLaterWinsAndSaysWhatItTookThePlaceOf() throws IOException {
        LoadedConfig inFile = load("port = 1\ndelivery { flush-window = 11ms }");
        environment.put("MARKET_PORT", "2");
        LoadedConfig inEnvironment = sources().load();
        options.put(Keys.PORT, "3");
        LoadedConfig asOption = sources().load();

        assertThat(inFile.config().port()).isEqualTo(1);
        assertThat(inEnvironment.config().port()).isEqualTo(2);
        assertThat(asOption.config().port()).isEqualTo(3);
        assertThat(asOption.config().delivery().flushWindowMillis()).isEqualTo(11);
        assertThat(asOption.settings().setting(Keys.PORT))
                .hasToString("port = 3 (option --port)")
                .extracting(Setting::over)
                .isEqualTo("environment MARKET_PORT: 2");
        assertThat(asOption.settings().setting(Keys.FLUSH_WINDOW).origin())
                .isEqualTo(folder.resolve("market.conf") + ":2");
        assertThat(asOption.settings().setting(Keys.HOST).isDefault()).isTrue();
    }

    @Test
    void theEnvironmentNamesTheFileAndAnOptionAnother() throws IOException {
        write("port = 1");
        Path other = Files.writeString(folder.resolve("other.conf"), "port = 2");
        environment.put("MARKET_CONFIG", folder.resolve("market.conf").toString());

        assertThat(ConfigSources.ofCommandLine("", environment::get, Map.of())
                        .load()
                        .config()
                        .port())
                .isEqualTo(1);
        assertThat(ConfigSources.ofCommandLine(other.toString(), environment::get, Map.of())
                        .load()
                        .config()
                        .port())
                .isEqualTo(2);
    }

    @Test
    void aWebApplicationIsToldByPropertiesAndLeavesToItsContainerWhatIsTheContainers() throws IOException {
        Path file = write(
                "port = 70\ndelivery.flush-window = 1ms\ntls.certificate = c.pem\nadmin.port = 9090\nlog.level = warn");
        Map<String, String> properties = new HashMap<>(Map.of("market.config", file.toString()));
        environment.put("MARKET_PORT", "tcp://10.0.0.1:8080"); // As Kubernetes sets it for a service named market.
        environment.put("MARKET_FLUSH_WINDOW", "2");
        properties.put("market.flush-window", "3");
        properties.put("market.token-secret", "in-a-list-of-processes");

        MarketConfig config = ConfigSources.ofWebApplication(properties::get, environment::get)
                .load()
                .config();

        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.ports().tls()).isEmpty();
        assertThat(config.ports().hasAdminPort())
                .as("health and metrics on a port that nobody opens")
                .isFalse();
        assertThat(config.delivery().flushWindowMillis()).isEqualTo(3);
        assertThat(config.dataDir()).isEqualTo(Path.of("market-data"));
        assertThat(config.log().level()).isEqualTo("warn");
        assertThat(config.identity().secret()).isEmpty();
    }

    @Test
    void whatKubernetesTellsOfAServiceNamedMarketIsNotMeantForIt() {
        environment.put("MARKET_PORT", "tcp://10.0.0.1:8080");
        environment.put("MARKET_ADMIN_PORT", "udp://10.0.0.1:9090");
        MarketConfig config = ConfigSources.ofCommandLine("", environment::get, Map.of())
                .load()
                .config();
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.ports().hasAdminPort()).isFalse();

        environment.put("MARKET_PORT", "tcp");
        assertThatThrownBy(() -> ConfigSources.ofCommandLine("", environment::get, Map.of())
                        .load())
                .hasMessageContaining("MARKET_PORT");
    }

    @ParameterizedTest
    @CsvSource({
        "delivery.flush-windwo, delivery.flush-window",
        "delivery.flushWindow, delivery.flush-window",
        "flush-window, delivery.flush-window",
        "drain-url, delivery.drain-url",
        "log-retain-bytes, journal.retain-bytes",
        "prot, port",
        "edge.orgins, edge.origins",
        "token.requierd, token.required",
        "db-url, store.url"
    })
    void anUnknownKeyIsToldWithWhatMayBeMeant(String wrong, String meant) throws IOException {
        write("\n\n" + wrong + " = 5");

        assertThatThrownBy(() -> sources().load())
                .hasMessage("there is no key " + wrong + "; did you mean " + meant + "? ("
                        + folder.resolve("market.conf") + ":3)");
    }

    @Test
    void everyProblemIsToldAtOnceInTheOrderOfTheFile() throws IOException {
        write("zzz = 1\nport = 70000\nedge = 5\nhost { a = 1 }\ndelivery.colour = red\ntoken.secret { a = hidden }");

        assertThatThrownBy(() -> sources().load()).isInstanceOfSatisfying(ConfigurationException.class, e -> {
            assertThat(e.problems()).hasSize(6);
            assertThat(e.problems().get(0)).startsWith("there is no key zzz; market config --reference");
            assertThat(e.problems()).anyMatch(each -> each.startsWith("edge is a section, edge { … }"));
            assertThat(e.problems()).anyMatch(each -> each.startsWith("host must be"));
            assertThat(e.problems()).anyMatch(each -> each.contains("port must be a port, 0 to 65535, was \"70000\""));
            assertThat(e.getMessage()).doesNotContain("hidden");
        });
    }

    @Test
    void aTimeInTheFileHasItsUnitAndAnOptionMayLeaveItOut() throws IOException {
        assertThat(load("token.leeway = 2 minutes, edge.header-timeout = 1.5s, inbox.retain = 0")
                        .config())
                .satisfies(config -> {
                    assertThat(config.identity().leewayMillis()).isEqualTo(120_000);
                    assertThat(config.edge().deadlines().headerMillis()).isEqualTo(1_500);
                    assertThat(config.inbox().keptMillis()).isZero();
                });
        options.put(Keys.TOKEN_LEEWAY, "7");
        options.put(Keys.FLUSH_WINDOW, "7");
        options.put(Keys.INBOX_RETAIN, "7");
        assertThat(sources().load().config()).satisfies(config -> {
            assertThat(config.identity().leewayMillis()).isEqualTo(7_000);
            assertThat(config.delivery().flushWindowMillis()).isEqualTo(7);
            assertThat(config.inbox().keptMillis()).isEqualTo(604_800_000);
        });
        write("token.leeway = 30");
        assertThatThrownBy(() -> sources().load()).hasMessageContaining("a time with its unit");
    }

    @Test
    void sizesListsObjectsIncludesAndNothingAreWrittenAsInHocon() throws IOException {
        Files.writeString(folder.resolve("more.conf"), "node = included\nport = 5");
        MarketConfig config = load("""
                        include "more.conf"
                        port = 6
                        host = null
                        delivery.send-buffer = 128KiB
                        journal { retain-bytes = 2 GiB }
                        edge { origins = ["https://a.example", "https://b.example"], trusted-proxies = "10.0.0.0/8,192.0.2.1" }
                        log.levels { "io.agx.market" = DEBUG, org.eclipse.jetty = info }
                        """).config();

        assertThat(config.node()).isEqualTo("included");
        assertThat(config.port()).isEqualTo(6);
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.delivery().sendBufferBytes()).isEqualTo(131_072);
        assertThat(config.logRetainBytes()).isEqualTo(2L << 30);
        assertThat(config.edge().origins()).containsExactly("https://a.example", "https://b.example");
        assertThat(config.edge().trustedProxies()).hasSize(2);
        assertThat(config.log().levels()).isEqualTo(Map.of("io.agx.market", "debug", "org.eclipse.jetty", "info"));
    }

    @Test
    void instrumentsAreDefinedInTheFile() throws IOException {
        List<InstrumentConfig> instruments = load("""
                        instruments = [
                          { symbol = BTC-USDT, base = BTC, quote = USDT, price-scale = 2, quantity-scale = 5
                            tick-size = 0.10, step-size = "0.00002", status = halted }
                          { symbol = "1000SATS-USDT", base = 1000SATS, quote = USDT, price-scale = 7, quantity-scale = 0 }
                        ]""").config().instruments();

        assertThat(instruments.get(0).tickSize()).isEqualTo(10);
        assertThat(instruments.get(0).stepSize()).isEqualTo(2);
        assertThat(instruments.get(0).status()).isEqualTo(InstrumentStatus.HALTED);
        assertThat(instruments.get(1).tickSize()).isEqualTo(1);
        assertThat(instruments.get(1).status()).isEqualTo(InstrumentStatus.TRADING);
        assertThat(load("instruments = " + Keys.INSTRUMENTS.type().show(instruments))
                        .config()
                        .instruments())
                .isEqualTo(instruments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "price-scale = 19 | price-scale must be 0 to 18, was 19",
                "tick-size = 0.001 | tick-size: ",
                "tick-size = 0 | tickSize must be 1 or higher, was 0",
                "symbol = \"a b\" | symbol must be",
                "base = btc | baseAsset must be",
                "status = open | status must be trading or halted, was \"open\"",
                "colour = red | an instrument has no colour",
                "quantity-scale = null | quantity-scale"
            })
    void anInstrumentThatIsNotGoodIsTold(String field, String message) throws IOException {
        write("instruments = [ {symbol = A-B, base = A, quote = B, price-scale = 2, quantity-scale = 2, " + field
                + "} ]");

        assertThatThrownBy(() -> sources().load())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("market.conf");
    }

    @Test
    void anInstrumentIsThereOnce() throws IOException {
        String one = "{symbol = A-B, base = A, quote = B, price-scale = 2, quantity-scale = 2}";
        write("instruments = [" + one + "," + one + "]");

        assertThatThrownBy(() -> sources().load()).hasMessageContaining("A-B twice");
    }

    @Test
    void meaningsThatExcludeEachOtherAreTold() throws IOException {
        write("token { secret = \"" + SECRET + "\", secret-file = f }");
        assertThatThrownBy(() -> sources().load())
                .hasMessageContaining("one of token-secret, token-secret-file and token-keys")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
        write("store { url = \"jdbc:postgresql://h/d\", password = \"" + SECRET + "\", password-file = f }");
        assertThatThrownBy(() -> sources().load())
                .hasMessageContaining("store.password-file")
                .hasMessageContaining("market.conf:1")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
        write("tls.key = k.pem");
        assertThatThrownBy(() -> sources().load()).hasMessageContaining("tls-key needs tls-cert");
        write("store.retain-days = 5");
        assertThatThrownBy(() -> sources().load()).hasMessageContaining("db-retain-days needs db-url");
    }

    @Test
    void aFileThatIsNoneSaysWhere() throws IOException {
        assertThatThrownBy(() -> sources().load())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("market.conf cannot be used");
        write("port = 1\nhost = [");
        assertThatThrownBy(() -> sources().load())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("market.conf: 2");
    }

    @Test
    void secretsAreShownNowhere() throws IOException {
        Path password = Files.writeString(folder.resolve("pw"), SECRET + "\n");
        LoadedConfig loaded = load("token.secret = \"" + SECRET + "\"\ntls { certificate = c, password = \"" + SECRET
                + "\" }\nstore { url = \"jdbc:postgresql://h/d\", password-file = \"" + password + "\" }");
        LoadedConfig.Reloaded reloaded;
        write("token.secret = \"another-" + SECRET + "\"");
        reloaded = loaded.reload();

        assertThat(loaded.config().store().password()).isEqualTo(SECRET);
        assertThat(loaded.config().identity().secret()).isEqualTo(SECRET);
        assertThat(reloaded.changes()).anyMatch(change -> change.key().equals("token.secret"));
        assertThat(ConfigReference.effective(loaded.settings()))
                .contains("token.secret = \"(not shown)\"  # " + folder.resolve("market.conf") + ":1");
        assertThat(loaded + "" + loaded.settings().all() + ConfigReference.effective(loaded.settings()) + reloaded)
                .doesNotContain(SECRET);
    }

    @Test
    void whatIsPrintedIsAFileThatSaysTheSame() throws IOException {
        LoadedConfig loaded = load("""
                        delivery.flush-window = 25ms
                        edge.origins = ["https://a.example"]
                        log.levels { "io.agx.market" = debug }
                        feed.rate = 0.5
                        node = "a \\"node\\" # with = all"
                        instruments = [ {symbol = A-B, base = A, quote = B, price-scale = 2, quantity-scale = 2} ]
                        """);

        assertThat(load(ConfigReference.effective(loaded.settings())).config()).isEqualTo(loaded.config());
    }

    @Test
    void aReloadTakesWhatItCanAndTellsTheRest() throws IOException {
        LoadedConfig loaded = load("port = 1\nconnection.rooms = 5\ndelivery.drain-rate = 7");
        write("port = 2\nconnection.rooms = 6\ndelivery.drain-rate = 7");
        LoadedConfig.Reloaded reloaded = loaded.reload();

        assertThat(reloaded.config().port()).isEqualTo(1);
        assertThat(reloaded.config().gateway().subscriber().maxRooms()).isEqualTo(6);
        assertThat(reloaded.changes())
                .containsExactly(
                        new ConfigChange("port", "1", "2", false),
                        new ConfigChange("connection.rooms", "5", "6", true));
        assertThat(reloaded.running().reload().changes())
                .as("until it is restarted")
                .containsExactly(new ConfigChange("port", "1", "2", false));
        write("");
        assertThat(reloaded.running().reload().config().gateway().subscriber().maxRooms())
                .isEqualTo(1_024);
    }
}
