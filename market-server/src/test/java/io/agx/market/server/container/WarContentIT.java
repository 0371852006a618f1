package io.agx.market.server.container;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the WAR must not bring: what the container has, and what only the runnable jar needs. */
final class WarContentIT {
    private static final String LIB = "WEB-INF/lib/";

    @Test
    void bringsNothingThatTheContainerHas() throws IOException {
        assertThat(WarFile.entries())
                .noneMatch(entry -> entry.startsWith(LIB)
                        && entry.substring(LIB.length())
                                .matches("(jetty|jakarta|javax|tomcat|websocket|picocli|HdrHistogram).*"))
                .noneMatch(entry -> entry.matches("WEB-INF/classes/(org/eclipse/jetty|jakarta|picocli)/.*"));
    }

    @Test
    void bringsEveryLibraryThatIsLeft() throws IOException {
        assertThat(WarFile.entries())
                .contains("WEB-INF/web.xml", "WEB-INF/classes/console/index.html")
                .anyMatch(entry -> entry.startsWith(LIB + "market-core-"))
                // For the browser client, which the page loads from /client/.
                .anyMatch(entry -> entry.startsWith(LIB + "market-client-"))
                .anyMatch(entry -> entry.startsWith(LIB + "db-migrations-"))
                .anyMatch(entry -> entry.startsWith(LIB + "postgresql-"))
                .anyMatch(entry -> entry.startsWith(LIB + "flyway-database-postgresql-"))
                .anyMatch(entry -> entry.startsWith(LIB + "h2-"));
    }

    @Test
    void refersToNothingThatIsLeftOut(@TempDir Path folder) throws IOException {
        Path classes = WarFile.unpack(folder).resolve("WEB-INF/classes");

        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.eclipse.jetty..",
                        "picocli..",
                        "org.HdrHistogram..",
                        "io.agx.market.client..",
                        "io.agx.market.server.cli..",
                        "io.agx.market.server.jetty..")
                .check(new ClassFileImporter().importPaths(List.of(classes)));
    }
}
