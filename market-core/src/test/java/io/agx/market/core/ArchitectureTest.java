package io.agx.market.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Core is arithmetic: no clock, no I/O, no threads, no logger (docs/INVARIANTS.md, 5). */
class ArchitectureTest {
    private static final String ROOT = "io.agx.market.core.";

    /** Package to the packages of core that it may import. */
    private static final Map<String, Set<String>> TABLE = Map.of(
            "model", Set.of(),
            "inbox", Set.of("model"),
            "kline", Set.of("model"),
            "ticker", Set.of("kline", "model"),
            "cache", Set.of("kline", "model"),
            "state", Set.of("cache", "kline", "model", "ticker"),
            "protocol", Set.of("inbox", "model"),
            "protocol.json", Set.of("inbox", "model", "protocol"));

    private static final List<String> EVERYONES =
            List.of("java.lang", "java.util", "java.time", "java.math", "org.jspecify.annotations");

    private static final List<String> CODECS =
            List.of("com.fasterxml.jackson.core", "com.fasterxml.jackson.databind", "java.io", "java.nio.charset");

    /** Of everyone's packages, what needs a thread or a clock. */
    private static final String NOT_PURE = "java\\.util\\.concurrent\\.(?!ConcurrentSkipListMap).*"
            + "|java\\.util\\.(Timer.*|Random|Locale\\$.*)|java\\.lang\\.(Thread.*|Process.*|Runtime)|java\\.time\\.Clock";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.agx.market.core");

    @Test
    void importsOnlyWhatTheTableAllows() {
        Set<String> violations = new TreeSet<>();
        for (JavaClass javaClass : CLASSES) {
            String name = javaClass.getPackageName().substring(ROOT.length());
            for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (!target.isPrimitive() && !isAllowed(name, target)) {
                    violations.add(javaClass.getName() + " -> " + target.getName());
                }
            }
        }

        assertThat(violations).isEmpty();
    }

    @Test
    void everyPackageHasARow() {
        Set<String> packages = new TreeSet<>();
        CLASSES.forEach(javaClass -> packages.add(javaClass.getPackageName().substring(ROOT.length())));

        assertThat(packages).isEqualTo(new TreeSet<>(TABLE.keySet()));
    }

    @Test
    void asksNoClock() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static boolean isAllowed(String from, JavaClass target) {
        String targetPackage = target.getPackageName();
        if (targetPackage.startsWith(ROOT)) {
            String to = targetPackage.substring(ROOT.length());
            return to.equals(from) || TABLE.getOrDefault(from, Set.of()).contains(to);
        }
        if (target.getName().matches(NOT_PURE)) {
            return false;
        }
        return isBelow(targetPackage, EVERYONES) || from.equals("protocol.json") && isBelow(targetPackage, CODECS);
    }

    private static boolean isBelow(String packageName, List<String> roots) {
        return roots.stream().anyMatch(root -> packageName.equals(root) || packageName.startsWith(root + "."));
    }
}
