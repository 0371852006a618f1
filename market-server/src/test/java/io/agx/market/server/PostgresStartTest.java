package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.testing.DatabaseProxy;
import io.agx.market.server.testing.Postgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on PostgreSQL: what they say of it, and why they do not start. */
final class PostgresStartTest {
    @TempDir
    private Path folder;

    private final StringWriter text = new StringWriter();
    private StoreConfig database = Postgres.shared().newDatabase();
    private String password = Postgres.PASSWORD;

    @Test
    void infoTellsWhatIsThereAndMigrateBringsWhatIsMissing() throws Exception {
        assertThat(run("info")).isEqualTo(ExitCode.OK);
        assertThat(text.toString())
                .contains("PostgreSQL 18.", "database " + database.url())
                .contains("schema       none yet; this program's is 006, 6 scripts to be run");
        assertThat(run("migrate")).isEqualTo(ExitCode.OK);
        assertThat(text.toString()).contains("schema migrated from nothing to version 006 (6 scripts)");
        assertThat(run("migrate")).isEqualTo(ExitCode.OK);
        assertThat(text.toString()).contains("schema is at version 006, nothing to do");

        Path csv =
                Files.writeString(folder.resolve("t.csv"), "1795291200,10.5,1\n1795291201,10.6,2\n1795896000,10.7,3\n");
        assertThat(run("import", csv.toString(), "--symbol", "BTC-USD")).isEqualTo(ExitCode.OK);
        assertThat(run("info")).isEqualTo(ExitCode.OK);
        assertThat(text.toString())
                .contains("schema       version 006; this program's is 006, 0 scripts to be run")
                .contains("instruments  1", "trades       3", "the database lacks 0 bytes of it")
                .contains("trade_w20261116 2026-11-16T00:00:00Z to 2026-11-23T00:00:00Z: 2 trades")
                .contains("trade_w20261123 2026-11-23T00:00:00Z to 2026-11-30T00:00:00Z: 1 trades")
                .contains("trade_w20261130 2026-11-30T00:00:00Z to 2026-12-07T00:00:00Z: 0 trades");
        assertThat(run("verify")).isEqualTo(ExitCode.OK);
        assertThat(text.toString()).contains("equal: 3 trades, ").doesNotContain(password);
    }

    @Test
    void aNewerSchemaIsRefusedWithBothVersions() {
        assertThat(run("migrate")).isEqualTo(ExitCode.OK);
        Postgres.shared()
                .execute(
                        database,
                        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
                                + " checksum, installed_by, execution_time, success) VALUES"
                                + " (99, '999', 'from the future', 'SQL', 'V999__f.sql', 1, 'sa', 1, TRUE)");

        for (String command : List.of("migrate", "verify", "serve")) {
            assertThat(run(command)).isEqualTo(ExitCode.UNUSABLE);
            assertThat(text.toString())
                    .contains("the schema of the database " + database.url() + " is at version 999, and this program"
                            + " knows versions up to 006");
        }
    }

    @Test
    void aWrongPasswordIsToldAtOnceAndNotShown() {
        password = "wrong-" + System.nanoTime();

        assertThat(run("verify")).isEqualTo(ExitCode.UNUSABLE);
        assertThat(text.toString())
                .contains("the database " + database.url() + " cannot be used: ", "password authentication failed")
                .doesNotContain(password);
    }

    /** As when a machine starts both. */
    @Test
    void aDatabaseThatIsNotThereYetIsWaitedFor() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(Postgres.shared().port())) {
            proxy.set(DatabaseProxy.State.REFUSES);
            database = Postgres.through(proxy.port(), database);
            CompletableFuture<Integer> migrating = CompletableFuture.supplyAsync(() -> run("migrate"));
            Awaitility.await().until(() -> proxy.refusedCount() > 2);
            assertThat(migrating).isNotDone();
            proxy.set(DatabaseProxy.State.PASSES);

            assertThat(migrating.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.OK);
        }
    }

    private int run(String command, String... arguments) {
        text.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of(
                command,
                "--data",
                folder.resolve("data").toString(),
                "--db-url",
                database.url(),
                "--db-user",
                database.user()));
        line.addAll(List.of(arguments));
        PrintWriter out = new PrintWriter(text, true);
        return MarketCommand.run(
                new MarketActions(false),
                name -> name.equals("MARKET_DB_PASSWORD") ? password : null,
                out,
                out,
                line.toArray(new String[0]));
    }
}
