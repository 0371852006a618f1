package io.agx.market.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.EdgeConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.IdentityConfig;
import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.PortsConfig;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarketCommandTest {
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final RecordingActions actions = new RecordingActions();

    @Test
    void servesWithTheDocumentedDefaults() {
        assertThat(run("serve")).isZero();

        MarketConfig config = actions.configs.get(0);
        assertThat(config).isEqualTo(MarketConfig.defaults(Path.of("data")));
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.feed()).isEqualTo(FeedConfig.SIMULATED);
    }

    @Test
    void theEnvironmentStandsInForOptionsThatAreNotGiven() {
        environment.putAll(Map.of(
                "MARKET_DATA", "elsewhere",
                "MARKET_PORT", "9000",
                "MARKET_HOST", "127.0.0.1",
                "MARKET_FEED", "none",
                "MARKET_LOG_RETAIN_BYTES", "12345",
                "MARKET_HELP", "true"));
        assertThat(run("serve")).isZero();
        assertThat(run("serve", "--port", "7000", "--feed", "replay:a/btc-usd.csv.gz", "--speed", "max"))
                .isZero();

        MarketConfig config = actions.configs.get(0);
        assertThat(config.dataDir()).isEqualTo(Path.of("elsewhere"));
        assertThat(config.port()).isEqualTo(9000);
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.feed()).isEqualTo(FeedConfig.NONE);
        assertThat(config.logRetainBytes()).isEqualTo(12_345);
        assertThat(actions.configs.get(1).port()).isEqualTo(7000);
        assertThat(actions.configs.get(1).feed())
                .isEqualTo(FeedConfig.replay(Path.of("a/btc-usd.csv.gz"), "BTC-USD", "max"));
    }

    @Test
    void whatStandsBeforeTheServerCanBeSet() {
        environment.put("MARKET_TLS_PASSWORD", "my-secret");
        environment.put("MARKET_CONNECTIONS_PER_USER", "7");
        assertThat(run(
                        "serve",
                        "--origins",
                        "https://a.example, http://localhost:3000",
                        "--trusted-proxies",
                        "10.0.0.0/8",
                        "--connections-per-address",
                        "5",
                        "--handshakes-per-second",
                        "6",
                        "--handshake-burst",
                        "8",
                        "--unlimited-addresses",
                        "192.0.2.1",
                        "--header-timeout",
                        "1000",
                        "--body-timeout",
                        "2000",
                        "--message-timeout",
                        "3000",
                        "--hsts-seconds",
                        "60",
                        "--tls-cert",
                        "c.p12",
                        "--admin-port",
                        "9090",
                        "--admin-host",
                        "10.0.0.1",
                        "--rooms-per-connection",
                        "11",
                        "--commands-per-second",
                        "12",
                        "--command-burst",
                        "13",
                        "--message-bytes",
                        "1400",
                        "--outbound-bytes",
                        "150000"))
                .isZero();

        MarketConfig config = actions.configs.get(0);
        assertThat(config.edge())
                .isEqualTo(new EdgeConfig(
                        List.of("https://a.example", "http://localhost:3000"),
                        IpRange.parseAll("f", "10.0.0.0/8"),
                        new AddressLimits(5, 6, 8, IpRange.parseAll("f", "192.0.2.1")),
                        new EdgeConfig.Deadlines(1_000, 2_000, 3_000),
                        60));
        assertThat(config.ports().tls()).contains(new PortsConfig.Tls(Path.of("c.p12"), Optional.empty(), "my-secret"));
        assertThat(config.toString()).doesNotContain("my-secret");
        assertThat(config.ports().adminPort()).isEqualTo(9090);
        assertThat(config.ports().adminHost()).isEqualTo("10.0.0.1");
        assertThat(config.gateway().connectionsPerUser()).isEqualTo(7);
        assertThat(config.gateway().subscriber().maxRooms()).isEqualTo(11);
        assertThat(config.gateway().subscriber().outboundBytes()).isEqualTo(150_000);
        assertThat(config.gateway().commandsPerSecond()).isEqualTo(12);
        assertThat(config.gateway().commandBurst()).isEqualTo(13);
        assertThat(config.gateway().messageBytes()).isEqualTo(1_400);
    }

    @Test
    void theSymbolOfAnImportIsNeverTakenFromTheEnvironment() {
        environment.put("MARKET_SYMBOL", "BTC-USD");

        assertThat(run("import", "trades.csv")).isZero();
        assertThat(run("import", "trades.csv", "--skip-bad-lines")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--symbol");
        assertThat(actions.calls).containsExactly("import data trades.csv");
    }

    @Test
    void exportAndImportOfAnExportAreToldFolderAndFile() {
        assertThat(run("export", "--data", "d", "x.market")).isZero();
        assertThat(run("export", "-", "--database-only")).isZero();
        assertThat(run("import", "--data", "d", "x.market")).isZero();

        assertThat(actions.calls).containsExactly("export d x.market false", "export data - true", "import d x.market");
    }

    @Test
    void handsTheOtherCommandsTheirArguments() {
        assertThat(run("import", "--data", "d", "trades.csv", "--symbol", "BTC-USD", "--skip-bad-lines"))
                .isZero();
        assertThat(run("verify", "--data", "d")).isZero();
        assertThat(run("migrate", "--data", "d")).isZero();
        assertThat(run("info", "--data", "d")).isZero();
        assertThat(run("log", "d/log", "--check")).isZero();

        assertThat(actions.calls)
                .containsExactly(
                        "import d trades.csv BTC-USD true", "verify d", "migrate d", "info d", "log d/log true");
    }

    @Test
    void everyCommandThatOpensADataFolderTakesItsDatabase(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "  my-secret\n");
        String options = " --db-url jdbc:postgresql://db/m --db-user u --db-connections 9 --db-retain-days 30";
        for (String command : List.of("import x.csv --symbol A-B", "verify", "migrate", "info", "serve")) {
            assertThat(run((command + options + " --db-password-file " + file).split(" ")))
                    .isZero();
        }
        environment.putAll(Map.of(
                "MARKET_DB_URL", "jdbc:postgresql://db/m",
                "MARKET_DB_USER", "u",
                "MARKET_DB_PASSWORD", "my-secret",
                "MARKET_DB_CONNECTIONS", "9",
                "MARKET_DB_RETAIN_DAYS", "30"));
        assertThat(run("verify")).isZero();

        StoreConfig expected = new StoreConfig("jdbc:postgresql://db/m", "u", "my-secret", 9, 30);
        assertThat(actions.stores).hasSize(5).containsOnly(expected);
        assertThat(actions.configs.get(0).store()).isEqualTo(expected);
        assertThat(actions.stores + out.toString() + err).doesNotContain("my-secret");
    }

    @Test
    void aPasswordInTheUrlIsRefusedAndNotRepeated() {
        assertThat(run("verify", "--db-url", "jdbc:postgresql://db/m?password=my-secret"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("verify", "--db-url", "jdbc:postgresql://u:my-secret@db/m"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(actions.stores).isEmpty();
        assertThat(err.toString())
                .contains("db-password-file", "MARKET_DB_PASSWORD")
                .doesNotContain("my-secret");
    }

    @Test
    void helpNamesEveryCommandAndExitCode() {
        assertThat(run()).isZero();
        String usage = out.toString();
        out.getBuffer().setLength(0);
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).isEqualTo(usage);

        assertThat(out.toString())
                .contains(
                        "serve",
                        "watch",
                        "load",
                        "import",
                        "export",
                        "verify",
                        "log",
                        "migrate",
                        "version",
                        "help",
                        "Exit codes: 0 done");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve", "config", "watch", "load", "import", "export", "verify", "log", "migrate", "info", "token",
                "version"
            })
    void everyCommandHasHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: market " + command);
    }

    @Test
    void helpShowsTheDefaultAndItsVariable() {
        run("serve", "--help");

        assertThat(out.toString()).contains("Default: 40", "MARKET_PORT", "MARKET_LOG_RETAIN_BYTES");
    }

    @Test
    void tokenReadsWhoWhatHowLongAndByWhichSecret() {
        environment.put("MARKET_DATA", "/srv/market");
        environment.put("MARKET_TOKEN_SECRET", "not-shown-anywhere");
        assertThat(run("token", "--sub", "alice", "--scope", "publish,notify", "--ttl", "2d"))
                .isZero();
        assertThat(run("token", "--sub", "bob", "--secret-file", "s", "--token-audience", "aud"))
                .isZero();

        assertThat(actions.orders)
                .containsExactly(
                        new TokenOrder(
                                "alice",
                                List.of("publish", "notify"),
                                172_800_000,
                                Path.of("/srv/market"),
                                "not-shown-anywhere",
                                Optional.empty(),
                                "",
                                ""),
                        new TokenOrder(
                                "bob",
                                List.of(),
                                3_600_000,
                                Path.of("/srv/market"),
                                "",
                                Optional.of(Path.of("s")),
                                "",
                                "aud"));
        assertThat(out.toString() + err + actions.orders).doesNotContain("not-shown-anywhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "h", "1w", "-1h", "0s", "99999999d", ""})
    void aTimeThatIsNoneIsRefused(String ttl) {
        assertThat(run("token", "--sub", "alice", "--ttl", ttl)).isEqualTo(ExitCode.USAGE);
        assertThat(actions.orders).isEmpty();
    }

    @Test
    void serveReadsWhoseTokensAreTaken() {
        environment.put("MARKET_TOKEN_ISSUER", "https://issuer.example");
        run(
                "serve",
                "--token-keys",
                "https://issuer.example/keys",
                "--token-audience",
                "a",
                "--token-leeway",
                "0",
                "--token-grace",
                "7",
                "--token-max-days",
                "2",
                "--require-token",
                "true");
        environment.put("MARKET_TOKEN_SECRET", "not-shown-anywhere");
        run("serve");
        run("serve", "--secret-file", "f");

        assertThat(actions.configs.get(0).identity())
                .isEqualTo(new IdentityConfig(
                        "",
                        Optional.empty(),
                        "https://issuer.example/keys",
                        "https://issuer.example",
                        "a",
                        0,
                        172_800_000,
                        7_000,
                        true));
        assertThat(actions.configs.get(1).identity().secret()).isEqualTo("not-shown-anywhere");
        assertThat(actions.configs).hasSize(2);
        assertThat(err.toString()).contains("one of token-secret, token-secret-file and token-keys");
        assertThat(out.toString() + err + actions.configs).doesNotContain("not-shown-anywhere");
    }

    @Test
    void configPrintsWhatHoldsAndWhoSaidSo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("market.conf"), "port = 1\nconnection.rooms = 5\n");
        environment.put("MARKET_PORT", "2");
        environment.put("MARKET_TOKEN_SECRET", "not-shown-anywhere");

        assertThat(run("config", "--config", file.toString(), "--flush-window", "15"))
                .isZero();
        assertThat(out.toString())
                .contains(
                        "port = 2  # environment MARKET_PORT, over " + file + ":1: 1\n",
                        "connection.rooms = 5  # " + file + ":2\n",
                        "delivery.flush-window = 15ms  # option --flush-window\n",
                        "host = \"0.0.0.0\"  # default\n",
                        "token.secret = \"(not shown)\"  # environment MARKET_TOKEN_SECRET\n")
                .doesNotContain("not-shown-anywhere");
        assertThat(actions.configs).isEmpty();
    }

    @Test
    void configChecksAFileByItself(@TempDir Path folder) throws IOException {
        environment.put("MARKET_PORT", "not looked at");
        Path file = Files.writeString(folder.resolve("market.conf"), "port = 1\n");
        assertThat(run("config", "--check", file.toString())).isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines(file + " is good\n");

        Files.writeString(file, "prot = 1\nhost = [1]\n");
        assertThat(run("config", "--check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("market: there is no key prot; did you mean port? (" + file + ":1)")
                .contains("market: host must be")
                .contains("Try 'market config --help'");

        assertThat(run("config", "--check", folder.resolve("none.conf").toString()))
                .isEqualTo(ExitCode.UNUSABLE);
    }

    @Test
    void serveReadsAFileUnderEnvironmentAndOptions(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("market.conf"), "port = 1, host = a, node = in-the-file, feed.source = none");
        environment.put("MARKET_CONFIG", file.toString());
        environment.put("MARKET_HOST", "b");

        assertThat(run("serve", "--port", "3")).isZero();
        MarketConfig config = actions.configs.get(0);
        assertThat(config.port()).isEqualTo(3);
        assertThat(config.host()).isEqualTo("b");
        assertThat(config.node()).isEqualTo("in-the-file");
        assertThat(config.feed()).isEqualTo(FeedConfig.NONE);
    }

    @Test
    void theCommandsOfADataFolderFindItWhereTheServersFileHasIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("market.conf"), "data = in-the-file");
        assertThat(run("verify", "--config", file.toString())).isZero();
        environment.put("MARKET_CONFIG", file.toString());
        assertThat(run("migrate")).isZero();
        assertThat(run("import", "trades.csv", "--symbol", "BTC-USD", "--data", "d"))
                .isZero();
        assertThat(actions.calls)
                .containsExactly("verify in-the-file", "migrate in-the-file", "import d trades.csv BTC-USD false");
        Files.writeString(file, "date = in-the-file");
        assertThat(run("verify")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("did you mean data?");
    }

    @Test
    void theReferenceIsPrinted() {
        assertThat(run("config", "--reference")).isZero();
        assertThat(out.toString()).contains("#port = 8080\n", "#delivery.flush-window = 10ms\n");
    }

    @Test
    void theHelpOfATimeSaysWhatANumberAloneIs() {
        run("serve", "--help");

        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("0s to 1s; a number alone is milliseconds. Default: 10ms. Env: MARKET_FLUSH_WINDOW.")
                .contains("a number alone is days. Default: 3650d. Env: MARKET_TOKEN_MAX_DAYS.");
    }

    @Test
    void aTokenIsShownNowhere() {
        environment.put("MARKET_TOKEN", "my-secret");
        run("watch", "--help");
        run("watch", "ticker:*", "--url", "ws://localhost:8080/ws?token=my-secret#fragment");
        run("watch", "ticker:*", "--url", "ws://local host/ws?token=my-secret");
        run("watch", "ticker:*", "--rate", "never", "--token", "my-secret");

        assertThat(out.toString() + err).contains("fragment", "--rate must be").doesNotContain("my-secret");
    }

    @Test
    void versionSaysWhatRuns() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).contains("JDK " + System.getProperty("java.version"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fly",
                "serve --nonsense",
                "serve --port x",
                "serve --port 65536",
                "serve --port -1",
                "serve --feed moon",
                "serve --feed replay:",
                "serve --feed replay:/",
                "serve --rate 0",
                "serve --rate NaN",
                "serve --rate x",
                "serve --speed 0",
                "serve --log-retain-bytes -1",
                "serve --trusted-proxies 10.0.0.0/33",
                "serve --unlimited-addresses localhost",
                "serve --connections-per-address -1",
                "serve --handshake-burst 0",
                "serve --header-timeout 5",
                "serve --message-bytes 10",
                "serve --tls-key key.pem",
                "serve --admin-port -2",
                "serve --hsts-seconds -1",
                "import --symbol BTC-USD",
                "watch",
                "watch ticker",
                "watch system",
                "watch kline:BTC-USD:7m",
                "watch ticker:BTC-USD~last",
                "watch ticker:* --rate 3s",
                "watch ticker:* ticker:*@1s",
                "watch ticker:* --count 0",
                "watch ticker:* --url http://localhost:8080/ws",
                "watch ticker:* --url localhost",
                "watch ticker:* --url ws://",
                "load --rooms ticker:*",
                "load --connections 5",
                "load --connections 0 --rooms ticker:*",
                "load --connections 100001 --rooms ticker:*",
                "load --connections 1 --rooms trade:A,trade:A",
                "load --connections 1 --rooms ticker:* --seconds 0",
                "load --connections 1 --rooms ticker:* --warm -1",
                "load --connections 1 --rooms ticker:* --rate-connect NaN",
                "load --connections 1 --rooms ticker:* --publish-rate -1",
                "load --connections 1 --rooms ticker:* --publish-rate 5",
                "log"
            })
    void aWrongCommandLineExitsWithTwoAndDoesNothing(String line) {
        assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).isNotBlank().doesNotContain("\tat ");
        assertThat(actions.configs).isEmpty();
        assertThat(actions.calls).isEmpty();
    }

    @Test
    void whatCannotBeUsedExitsWithThreeAndSaysWhich() {
        actions.failure = new NoSuchFileException("trades.csv");
        assertThat(run("import", "trades.csv", "--symbol", "BTC-USD")).isEqualTo(ExitCode.UNUSABLE);
        assertThat(err.toString()).isEqualToNormalizingNewlines("market: there is no file trades.csv\n");

        actions.failure = new IllegalStateException("the folder is in use");
        assertThat(run("verify")).isEqualTo(ExitCode.UNUSABLE);
        assertThat(err.toString()).contains("market: the folder is in use");
    }

    @Test
    void aLogThatTakesNothingExitsWithFourAndADifferenceWithOne() {
        actions.failure = new LogUnavailableException(LogUnavailableException.Reason.DISK_FULL, "the disk is full");
        assertThat(run("import", "trades.csv", "--symbol", "BTC-USD")).isEqualTo(ExitCode.LOG_UNAVAILABLE);

        actions.failure = null;
        actions.result = ExitCode.DIFFERENT;
        assertThat(run("verify")).isEqualTo(ExitCode.DIFFERENT);
    }

    private int run(String... args) {
        return MarketCommand.run(
                actions, environment::get, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    /** Records what it is asked, and answers or fails as told. */
    private static final class RecordingActions implements Actions {
        private final List<MarketConfig> configs = new ArrayList<>();
        private final List<String> calls = new ArrayList<>();
        private final List<StoreConfig> stores = new ArrayList<>();
        private final List<TokenOrder> orders = new ArrayList<>();
        private int result = ExitCode.OK;
        private Exception failure;

        @Override
        public int serve(LoadedConfig loaded, PrintWriter out) throws IOException {
            configs.add(loaded.config());
            return answer();
        }

        @Override
        public int token(TokenOrder order, PrintWriter out, PrintWriter err) throws IOException {
            orders.add(order);
            return answer();
        }

        @Override
        public int importFile(
                Path dataDir, StoreConfig store, Path file, String symbol, boolean skipBadLines, PrintWriter out)
                throws IOException {
            stores.add(store);
            return answer("import " + dataDir + " " + file + " " + symbol + " " + skipBadLines);
        }

        @Override
        public int export(Path dataDir, StoreConfig store, Path file, boolean databaseOnly, PrintWriter out)
                throws IOException {
            return answer("export " + dataDir + " " + file + " " + databaseOnly);
        }

        @Override
        public int importExport(Path dataDir, StoreConfig store, Path file, PrintWriter out) throws IOException {
            return answer("import " + dataDir + " " + file);
        }

        @Override
        public int migrate(Path dataDir, StoreConfig store, PrintWriter out) throws IOException {
            stores.add(store);
            return answer("migrate " + dataDir);
        }

        @Override
        public int info(Path dataDir, StoreConfig store, PrintWriter out) throws IOException {
            stores.add(store);
            return answer("info " + dataDir);
        }

        @Override
        public int verify(Path dataDir, StoreConfig store, PrintWriter out) throws IOException {
            stores.add(store);
            return answer("verify " + dataDir);
        }

        @Override
        public int printLog(Path file, boolean checkOnly, PrintWriter out) throws IOException {
            return answer("log " + file + " " + checkOnly);
        }

        private int answer(String call) throws IOException {
            calls.add(call);
            return answer();
        }

        private int answer() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            return result;
        }
    }
}
