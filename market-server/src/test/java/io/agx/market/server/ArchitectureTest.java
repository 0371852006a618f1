package io.agx.market.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may know whom, as a table: docs/ARCHITECTURE.md, "Modules and packages". */
class ArchitectureTest {
    private static final String ROOT = "io.agx.market.server";
    private static final String CORE = "io.agx.market.core";

    /**
     * Each package's imports: packages of the server; packages of core; anything else by its root. {@code java.lang}, {@code
     * java.util} with its sub-packages, {@code java.time}, {@code java.math} and jspecify are everyone's.
     */
    private static final Map<String, Imports> TABLE = table(
            row("feed").core("model").others("java.io", "java.nio", "org.slf4j"),
            row("measure"),
            row("health").others("org.slf4j"),
            row("ingest").server("feed", "measure").core("model"),
            row("publish")
                    .server("feed", "ingest", "measure")
                    .core("model", "protocol")
                    .others("com.fasterxml.jackson", "java.io", "org.slf4j"),
            row("journal")
                    .server("feed", "ingest", "measure")
                    .core("inbox", "model")
                    .others("java.io", "java.nio", "org.slf4j"),
            row("engine").server("journal").core("cache", "model", "state").others("java.io", "org.slf4j"),
            row("store")
                    .server("journal", "measure")
                    .core("cache", "inbox", "kline", "model", "state")
                    // Micrometer: the pool of connections has a binder of its own.
                    .others(
                            "io.micrometer",
                            "java.io",
                            "java.nio",
                            "java.security",
                            "java.sql",
                            "javax.sql",
                            "com.zaxxer.hikari",
                            "org.flywaydb",
                            "org.h2",
                            "org.postgresql",
                            "org.jdbi",
                            "org.slf4j"),
            row("transfer")
                    .server("journal", "store")
                    .core("inbox", "model")
                    .others("java.io", "java.nio", "java.security"),
            row("room")
                    .server("measure")
                    .core("cache", "inbox", "model", "protocol", "protocol.json", "state")
                    .others("java.nio.charset", "org.slf4j"),
            row("history")
                    .server("engine", "journal", "room", "store")
                    .core("cache", "kline", "model", "protocol", "state")
                    .others("java.io", "org.slf4j"),
            row("subscriber")
                    .server("measure", "room")
                    .core("model", "protocol", "protocol.json")
                    .others("java.nio.charset", "org.slf4j"),
            row("replay")
                    .server("history", "room", "subscriber")
                    .core("cache", "kline", "model", "protocol", "protocol.json", "state", "ticker")
                    .others("org.slf4j"),
            row("inbox")
                    .server("feed", "journal", "room", "store", "subscriber")
                    .core("inbox", "model", "protocol", "protocol.json")
                    .others("org.slf4j"),
            row("gateway")
                    .server(
                            "feed",
                            "history",
                            "identity",
                            "inbox",
                            "measure",
                            "publish",
                            "replay",
                            "room",
                            "subscriber")
                    .core("cache", "model", "protocol", "protocol.json")
                    .others("java.nio.charset", "org.slf4j"),
            row("admin")
                    .server("gateway", "room", "subscriber")
                    .core("model", "protocol")
                    .others("org.slf4j"),
            row("handshake").server("identity").core("model", "protocol").others("java.nio.charset"),
            row("identity")
                    .core("model", "protocol")
                    .others(
                            "com.fasterxml.jackson",
                            "com.nimbusds",
                            "java.io",
                            "java.net",
                            "java.nio",
                            "java.security",
                            "java.text",
                            "org.slf4j"),
            row("websocket")
                    .server("gateway", "handshake", "identity", "room", "subscriber")
                    .core("protocol")
                    .others("java.io", "java.nio", "jakarta.websocket", "org.slf4j"),
            row("jetty")
                    .server("config", "handshake", "http", "room", "subscriber", "websocket")
                    .core("protocol")
                    // Micrometer: Jetty's threads have a binder of its own.
                    .others(
                            "io.micrometer",
                            "java.io",
                            "java.nio",
                            "java.security",
                            "javax.net.ssl",
                            "jakarta.servlet",
                            "jakarta.websocket",
                            "org.eclipse.jetty",
                            "org.slf4j"),
            // Describes the protocol in text. Of identity and inbox it knows names and bounds.
            row("api")
                    .server("identity", "inbox")
                    .core("inbox", "model", "protocol")
                    .others("com.fasterxml.jackson"),
            row("http")
                    // Of room and subscriber it knows the figures that operators are shown.
                    .server(
                            "admin",
                            "api",
                            "feed",
                            "handshake",
                            "health",
                            "history",
                            "identity",
                            "inbox",
                            "ingest",
                            "measure",
                            "publish",
                            "room",
                            "subscriber")
                    .core("cache", "inbox", "model", "protocol", "protocol.json")
                    .others(
                            "java.io",
                            "java.net",
                            "java.nio.charset",
                            "java.security",
                            "com.fasterxml.jackson",
                            "jakarta.servlet",
                            "org.slf4j"),
            row("metrics").server("measure").others("io.micrometer", "io.prometheus"),
            row("config")
                    .server("feed", "gateway", "handshake", "inbox", "subscriber")
                    .core("model", "state")
                    .others("com.typesafe.config", "java.io", "java.nio.charset", "java.nio.file"),
            row("logging").others("ch.qos.logback", "org.slf4j"),
            row("cli")
                    .server("cli.load", "cli.watch", "config", "feed")
                    .core("model", "protocol")
                    .others(
                            "io.agx.market.client",
                            "java.io",
                            "java.net",
                            "java.nio.charset",
                            "java.nio.file",
                            "picocli"),
            row("cli.watch")
                    .core("model", "protocol")
                    .others("com.fasterxml.jackson", "io.agx.market.client", "java.io", "java.net", "java.nio.charset"),
            row("cli.load")
                    .core("model", "protocol")
                    .others(
                            "com.fasterxml.jackson",
                            "io.agx.market.client",
                            "java.io",
                            "java.net",
                            "java.nio.file",
                            "org.HdrHistogram"),
            row("webapp")
                    .server("", "config", "logging", "websocket")
                    .others("java.io", "jakarta.servlet", "jakarta.websocket", "org.slf4j"),
            // The composition root knows everyone, but still no database, no Jetty class, no JSON.
            row("").server(
                            "admin",
                            "cli",
                            "config",
                            "engine",
                            "feed",
                            "gateway",
                            "handshake",
                            "health",
                            "history",
                            "http",
                            "identity",
                            "inbox",
                            "ingest",
                            "jetty",
                            "journal",
                            "logging",
                            "measure",
                            "metrics",
                            "publish",
                            "replay",
                            "room",
                            "store",
                            "subscriber",
                            "transfer",
                            "websocket")
                    .core("cache", "model", "protocol", "state")
                    // Micrometer: it hands the registry to the libraries' own binders.
                    .others(
                            "io.micrometer",
                            "java.io",
                            "java.net",
                            "java.nio",
                            "jakarta.servlet",
                            "jakarta.websocket",
                            "org.slf4j"));

    /** The way of the data: nobody imports who stands after it. */
    private static final List<String> WAY = List.of(
            "feed",
            "ingest",
            "publish",
            "journal",
            "engine",
            "store",
            "transfer",
            "room",
            "history",
            "subscriber",
            "replay",
            "inbox",
            "gateway",
            "admin",
            "websocket");

    private static final Set<String> EVERYONES =
            Set.of("java.lang", "java.util", "java.time", "java.math", "org.jspecify.annotations");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void everyPackageHasARowAndEveryRowAPackage() {
        Set<String> packages = new TreeSet<>();
        CLASSES.forEach(javaClass -> packages.add(shortName(javaClass.getPackageName())));

        assertThat(TABLE.keySet()).isEqualTo(packages);
    }

    @TestFactory
    Stream<DynamicTest> importsOnlyWhatTheTableAllows() {
        return TABLE.values().stream()
                .map(row -> DynamicTest.dynamicTest(row.displayName(), () -> {
                    Set<String> violations = new TreeSet<>();
                    for (JavaClass javaClass : CLASSES) {
                        if (shortName(javaClass.getPackageName()).equals(row.name)) {
                            for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
                                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                                if (!target.isPrimitive() && !row.allows(target.getPackageName())) {
                                    violations.add(javaClass.getSimpleName() + " -> " + target.getName());
                                }
                            }
                        }
                    }

                    assertThat(violations)
                            .as("imports of %s that its row does not have", row.displayName())
                            .isEmpty();
                }));
    }

    @Test
    void theTableItselfHasNoArrowAgainstTheWayOfTheData() {
        for (int i = 0; i < WAY.size() - 1; i++) {
            assertThat(TABLE.get(WAY.get(i)).server)
                    .as("%s imports", WAY.get(i))
                    .doesNotContainAnyElementsOf(WAY.subList(i + 1, WAY.size()));
        }
    }

    @Test
    void onlyTheWarsEntryKnowsTheCompositionRoot() {
        TABLE.values().stream()
                .filter(row -> !row.name.equals("webapp"))
                .forEach(row -> assertThat(row.server).as(row.displayName()).doesNotContain(""));
    }

    @Test
    void theTableKeepsEachLibraryInItsPlace() {
        assertThat(rowsWith("org.eclipse.jetty")).containsExactly("jetty");
        assertThat(rowsWith("io.micrometer"))
                .as("our figures; the binders of Jetty and of the pool, and who hands them the registry")
                .containsExactly("", "jetty", "metrics", "store");
        assertThat(rowsWith("io.prometheus")).containsExactly("metrics");
        assertThat(rowsWith("picocli")).containsExactly("cli");
        assertThat(rowsWith("com.fasterxml.jackson"))
                .containsExactly("api", "cli.load", "cli.watch", "http", "identity", "publish");
        assertThat(rowsWith("io.agx.market.client")).containsExactly("cli", "cli.load", "cli.watch");
        for (String database : List.of(
                "org.jdbi", "java.sql", "javax.sql", "com.zaxxer.hikari", "org.flywaydb", "org.h2", "org.postgresql")) {
            assertThat(rowsWith(database)).as(database).containsExactly("store");
        }
        assertThat(rowsWith("jakarta.servlet")).containsExactly("", "http", "jetty", "webapp");
        assertThat(rowsWith("jakarta.websocket")).containsExactly("", "jetty", "webapp", "websocket");
        assertThat(rowsWith("com.typesafe.config")).containsExactly("config");
        assertThat(rowsWith("ch.qos.logback")).containsExactly("logging");
        assertThat(rowsWith("com.nimbusds")).containsExactly("identity");
        assertThat(rowsWith("java.security"))
                .as("keys of tokens; a request's principal; the certificate; checksums")
                .containsExactly("http", "identity", "jetty", "store", "transfer");
        // The commands are clients; http has the URLDecoder; keys may be at a URL, which the root reads from the
        // configuration.
        assertThat(rowsWith("java.net")).containsExactly("", "cli", "cli.load", "cli.watch", "http", "identity");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyLooksAtTheDefaultTimeZone() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "java.time's system default zone",
                        call -> call.getTarget().getFullName().equals("java.time.ZoneId.systemDefault()")))
                .check(CLASSES);
    }

    private static Set<String> rowsWith(String root) {
        Set<String> names = new TreeSet<>();
        TABLE.values().stream().filter(row -> row.others.contains(root)).forEach(row -> names.add(row.name));
        return names;
    }

    private static String shortName(String packageName) {
        return packageName.equals(ROOT) ? "" : packageName.substring(ROOT.length() + 1);
    }

    private static Imports row(String name) {
        return new Imports(name, Set.of(), Set.of(), Set.of());
    }

    private static Map<String, Imports> table(Imports... rows) {
        Map<String, Imports> table = new TreeMap<>();
        for (Imports row : rows) {
            table.put(row.name, row);
        }
        return table;
    }

    private record Imports(String name, Set<String> server, Set<String> core, Set<String> others) {
        Imports server(String... names) {
            return new Imports(name, Set.of(names), core, others);
        }

        Imports core(String... names) {
            return new Imports(name, server, Set.of(names), others);
        }

        Imports others(String... roots) {
            return new Imports(name, server, core, Set.of(roots));
        }

        String displayName() {
            return name.isEmpty() ? "composition root" : name;
        }

        boolean allows(String packageName) {
            if (packageName.equals(ROOT) || packageName.startsWith(ROOT + ".")) {
                String target = shortName(packageName);
                return target.equals(name) || server.contains(target);
            }
            if (packageName.startsWith(CORE + ".")) {
                return core.contains(packageName.substring(CORE.length() + 1));
            }
            return isBelow(packageName, EVERYONES) || isBelow(packageName, others);
        }

        private static boolean isBelow(String packageName, Set<String> roots) {
            return roots.stream().anyMatch(root -> packageName.equals(root) || packageName.startsWith(root + "."));
        }
    }
}
