package io.agx.market.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.config.ValueType.Size;
import io.agx.market.server.config.ValueType.Time;
import io.agx.market.server.config.ValueType.WholeNumber;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of keys against the records that the server is made of. */
class KeysTest {
    /** Constants with their arithmetic in the code, and not to be set. */
    private static final Set<String> FIXED = Set.of(
            "state.klinesKept",
            "state.tradesKept",
            "state.graceMillis",
            "inbox.queuedRequests",
            "inbox.queuedBytes",
            "inbox.recentMessages",
            "inbox.recentBytes",
            "inbox.recentKeys");

    /** Another value than the default, of keys that are texts. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("host", "10.1.2.3"),
            Map.entry("data", "elsewhere"),
            Map.entry("node", "n2"),
            Map.entry("feed.source", "replay:f.csv"),
            Map.entry("feed.symbol", "BTC-USD"),
            Map.entry("feed.speed", "7"),
            Map.entry("feed.rate", "41"),
            Map.entry("delivery.drain-url", "wss://b.example/ws"),
            Map.entry("edge.origins", "https://a.example"),
            Map.entry("edge.trusted-proxies", "10.0.0.0/8"),
            Map.entry("edge.unlimited-addresses", "192.0.2.1"),
            Map.entry("admin.host", "10.1.2.4"),
            Map.entry("tls.certificate", "c.pem"),
            Map.entry("tls.key", "k.pem"),
            Map.entry("tls.password", "p"),
            Map.entry("token.secret", "0123456789-0123456789-0123456789"),
            Map.entry("token.secret-file", "s"),
            Map.entry("token.keys", "k.json"),
            Map.entry("token.issuer", "i"),
            Map.entry("token.audience", "a"),
            Map.entry("store.url", "jdbc:postgresql://h/d"),
            Map.entry("store.user", "u"),
            Map.entry("store.password", "p"),
            Map.entry("log.levels", "a.b=debug"));

    /** What a key needs beside it to mean something. */
    private static final Map<String, Map<String, String>> COMPANIONS = Map.of(
            "feed.symbol", Map.of("feed.source", "replay:f.csv"),
            "feed.speed", Map.of("feed.source", "replay:f.csv"),
            "tls.key", Map.of("tls.certificate", "c.pem"),
            "tls.password", Map.of("tls.certificate", "c.pem"),
            "store.retain-days", Map.of("store.url", "jdbc:postgresql://h/d"));

    @TempDir
    private Path folder;

    static Stream<Key<?>> keys() {
        return Keys.ALL.stream();
    }

    static Stream<Key<?>> numbers() {
        return keys().filter(key -> ends(key) != null);
    }

    private record Ends(long least, long most, boolean orZero) {}

    private static Ends ends(Key<?> key) {
        if (key.type() instanceof WholeNumber type) {
            return new Ends(type.least(), type.most(), false);
        }
        if (key.type() instanceof Size type) {
            return new Ends(type.least(), type.most(), type.orZero());
        }
        return key.type() instanceof Time type ? new Ends(type.least(), type.most(), false) : null;
    }

    @Test
    void everyNameIsThereOnceAndNoKeyIsForgotten() throws ReflectiveOperationException {
        Set<Object> constants = new HashSet<>();
        for (var field : Keys.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == Key.class) {
                constants.add(field.get(null));
            }
        }
        List<String> names = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            names.add(key.name());
            names.add(key.variable());
            names.add(key.property());
            names.addAll(key.options());
        }

        assertThat(constants).isEqualTo(new HashSet<>(Keys.ALL)).hasSameSizeAs(Keys.ALL);
        assertThat(names).doesNotHaveDuplicates().doesNotContain(ConfigSources.FILE_VARIABLE, "--config");
    }

    @Test
    void whereNobodySaysAnythingTheRecordsAreTheirDefaults() {
        assertThat(ConfigRecords.of(Settings.defaults())).isEqualTo(MarketConfig.defaults(Path.of("data")));
    }

    @Test
    void everyComponentOfTheRecordsIsAKeysAndEveryKeyChangesOne() throws Exception {
        Set<String> reached = new HashSet<>(FIXED);
        for (Key<?> key : Keys.ALL) {
            Settings base = withAll(COMPANIONS.getOrDefault(key.name(), Map.of()));
            Map<String, Object> before = leaves(ConfigRecords.of(base));
            Map<String, Object> after = leaves(ConfigRecords.of(withOther(base, key)));
            Set<String> changed = new HashSet<>();
            Stream.concat(before.keySet().stream(), after.keySet().stream())
                    .filter(leaf -> !Objects.equals(before.get(leaf), after.get(leaf)))
                    .forEach(changed::add);
            assertThat(changed).as(key.name()).isNotEmpty();
            reached.addAll(changed);
        }
        Set<String> all = new HashSet<>(leaves(ConfigRecords.of(withAll(Map.of("tls.certificate", "c"))))
                .keySet());
        assertThat(reached).containsAll(all);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void theRecordsTakeTheEndsOfARangeAndNothingBeyond(Key<?> any) {
        Key<Long> key = longs(any);
        Ends ends = ends(key);
        Settings base = withAll(COMPANIONS.getOrDefault(key.name(), Map.of()));
        long step = key == Keys.HSTS ? 1_000 : 1;

        assertThatCode(() -> ConfigRecords.of(base.with(set(key, ends.least)))).doesNotThrowAnyException();
        if (!ends.orZero || ends.least != 1) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ConfigRecords.of(base.with(set(key, ends.least - step))))
                    .withMessageContaining("was " + (ends.least - step) / step);
        }
        if (ends.most != Long.MAX_VALUE) {
            assertThatCode(() -> ConfigRecords.of(base.with(set(key, ends.most))))
                    .doesNotThrowAnyException();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ConfigRecords.of(base.with(set(key, ends.most + step))));
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aBadValueIsNamedWithItsKeyItsRangeAndWhoSaidSo(Key<?> key) throws Exception {
        for (String bad : badTexts(key)) {
            Path file = Files.writeString(
                    folder.resolve("market.conf"), "# first line\n" + key.name() + " = \"" + bad + "\"\n");
            List<Throwable> failures = new ArrayList<>();
            failures.add(failure(ConfigSources.ofCommandLine(file.toString(), name -> null, Map.of())));
            assertThat(failures.get(0)).hasMessageContaining(file + ":2");
            if (!key.isFileOnly()) {
                failures.add(failure(ConfigSources.ofCommandLine("", Map.of(key.variable(), bad)::get, Map.of())));
                assertThat(failures.get(1)).hasMessageContaining("environment " + key.variable());
            }
            if (!key.options().isEmpty()) {
                failures.add(failure(ConfigSources.ofCommandLine("", name -> null, Map.of(key, bad))));
                assertThat(failures.get(2))
                        .hasMessageContaining("option " + key.options().get(0));
            }
            String value = key.isSecret() ? "something else" : '"' + bad.substring(0, Math.min(20, bad.length()));
            assertThat(failures)
                    .allSatisfy(e -> assertThat(e)
                            .isInstanceOf(ConfigurationException.class)
                            .hasMessageContaining(key.name())
                            .hasMessageContaining(value)
                            .hasMessageContaining(key.values()));
        }
    }

    private static List<String> badTexts(Key<?> key) {
        Ends ends = ends(key);
        if (ends != null) {
            String unit = key.type() instanceof Time ? "ms" : "";
            List<String> bad = new ArrayList<>(List.of("x", "1.5.2", ends.least - 1 + unit));
            if (ends.most != Long.MAX_VALUE) {
                bad.add(ends.most + 1 + unit);
            }
            if (ends.orZero) {
                bad.set(2, "1");
            }
            return bad;
        }
        if (key.type() instanceof ValueType.Text) {
            return List.of("x".repeat(2_000));
        }
        return switch (key.name()) {
            case "edge.origins" -> List.of("example.com", "https://example.com/");
            case "edge.trusted-proxies", "edge.unlimited-addresses" -> List.of("10.0.0.0/33", "localhost");
            case "feed.rate" -> List.of("0", "-1", "NaN", "100001", "x");
            case "log.levels" -> List.of("a.b", "a.b=loud", "=info");
            default -> List.of("maybe");
        };
    }

    @Test
    void textsThatMeanSomethingAreCheckedToo() {
        for (Map.Entry<Key<String>, String> bad : Map.of(
                        Keys.DRAIN_URL, "https://b.example",
                        Keys.FEED, "moon",
                        Keys.SPEED, "0",
                        Keys.SYMBOL, "btc usd",
                        Keys.STORE_URL, "jdbc:h2:mem:x",
                        Keys.NODE, "")
                .entrySet()) {
            assertThat(failure(ConfigSources.ofCommandLine("", name -> null, Map.of(bad.getKey(), bad.getValue()))))
                    .hasMessageContaining(bad.getKey().name())
                    .hasMessageContaining(bad.getKey().values());
        }
    }

    private static Throwable failure(ConfigSources sources) {
        try {
            sources.load();
        } catch (IllegalArgumentException e) {
            return e;
        }
        throw new AssertionError("it was taken");
    }

    private static Setting<Long> set(Key<Long> key, long value) {
        return new Setting<>(key, value, "test", "");
    }

    @SuppressWarnings("unchecked")
    private static Key<Long> longs(Key<?> key) {
        return (Key<Long>) key;
    }

    private static Settings withAll(Map<String, String> texts) {
        Settings settings = Settings.defaults();
        for (Map.Entry<String, String> each : texts.entrySet()) {
            settings = withText(settings, Keys.find(each.getKey()).orElseThrow(), each.getValue());
        }
        return settings;
    }

    private static <T> Settings withText(Settings settings, Key<T> key, String text) {
        return settings.with(new Setting<>(key, key.type().parse(text, true), "test", ""));
    }

    private Settings withOther(Settings settings, Key<?> key) throws Exception {
        if (key == Keys.INSTRUMENTS) {
            return settings.with(new Setting<>(
                    Keys.INSTRUMENTS,
                    List.of(new InstrumentConfig(new Symbol("A-B"), "A", "B", 1, 1, 1, 1, InstrumentStatus.TRADING)),
                    "test",
                    ""));
        }
        if (key == Keys.STORE_PASSWORD_FILE) {
            return withText(
                    settings,
                    key,
                    Files.writeString(folder.resolve("pw"), "p\n").toString());
        }
        String other = OTHERS.get(key.name());
        if (other == null) {
            Ends ends = ends(key);
            if (ends != null) {
                Key<Long> number = longs(key);
                return settings.with(set(
                        number,
                        number.defaultValue() == ends.least
                                ? ends.least + (key.type() instanceof Time ? 1_000 : 1)
                                : ends.least));
            }
            if (key.type() instanceof ValueType.Choice choice) {
                other = choice.words().stream()
                        .filter(word -> !word.equals(key.defaultValue()))
                        .findFirst()
                        .orElseThrow();
            } else {
                other = String.valueOf(!(Boolean) key.defaultValue());
            }
        }
        return withText(settings, key, other);
    }

    /** The values of all components that are no records, by their paths; an optional record is as if it were there. */
    private static Map<String, Object> leaves(Record record) throws ReflectiveOperationException {
        Map<String, Object> leaves = new TreeMap<>();
        addLeaves("", record, leaves);
        return leaves;
    }

    private static void addLeaves(String prefix, Record record, Map<String, Object> leaves)
            throws ReflectiveOperationException {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(record);
            Object inner = value instanceof Optional<?> optional && optional.isPresent() ? optional.get() : value;
            if (inner instanceof Record nested
                    && nested.getClass().getPackageName().startsWith("io.agx.market")
                    && !(inner instanceof InstrumentConfig)) {
                addLeaves(prefix + component.getName() + ".", nested, leaves);
            } else {
                leaves.put(prefix + component.getName(), value);
            }
        }
    }

    @Test
    void everyOptionThatThereWasIsThere() {
        Set<String> options = new HashSet<>();
        Keys.ALL.forEach(key -> options.addAll(key.options()));

        assertThat(options)
                .containsAll(
                        Arrays.asList(("--data --port --host --feed --symbol --speed --rate --flush-window --transport"
                                        + " --compression --send-buffer --drain-rate --drain-url --inbox-days --inbox-messages"
                                        + " --log-retain-bytes --origins --trusted-proxies --connections-per-address"
                                        + " --handshakes-per-second --handshake-burst --unlimited-addresses --connections-per-user"
                                        + " --rooms-per-connection --commands-per-second --command-burst --message-bytes"
                                        + " --outbound-bytes --header-timeout --body-timeout --message-timeout --hsts-seconds"
                                        + " --tls-cert --tls-key --admin-port --admin-host --secret-file --token-secret-file"
                                        + " --token-keys --token-issuer --token-audience --token-leeway --token-max-days"
                                        + " --token-grace --require-token --db-url --db-user --db-password-file --db-connections"
                                        + " --db-retain-days")
                                .split(" ")));
        Map<String, String> variables = new HashMap<>();
        Keys.ALL.forEach(key -> variables.put(key.variable(), key.name()));
        assertThat(variables)
                .containsEntry("MARKET_TOKEN_SECRET_FILE", "token.secret-file")
                .containsEntry("MARKET_TOKEN_SECRET", "token.secret")
                .containsEntry("MARKET_DB_PASSWORD", "store.password")
                .containsEntry("MARKET_TLS_PASSWORD", "tls.password")
                .containsEntry("MARKET_TLS_CERT", "tls.certificate")
                .containsEntry("MARKET_LOG_LEVEL", "log.level")
                .containsEntry("MARKET_LOG_FORMAT", "log.format")
                .containsEntry("MARKET_FLUSH_WINDOW", "delivery.flush-window");
    }
}
