package io.agx.market.server.store;

import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.output.MigrateResult;

/** The schema of a database: db/migration/common, and what differs between databases in a folder of its own. Stateless. */
final class Schema {
    private final Flyway flyway;
    private final String database;

    /**
     * @param vendor folder of the scripts for this database only: h2 or postgresql
     * @param database for messages
     */
    Schema(DataSource source, String vendor, String database) {
        this.database = database;
        flyway = Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration/common", "classpath:db/migration/" + vendor)
                .load();
    }

    /**
     * Brings it up to date and returns one line on what was done.
     *
     * @throws IllegalStateException if it is newer than this program, or was changed by hand
     */
    String migrate() {
        Optional<String> before = version();
        requireNotNewer(before);
        try {
            MigrateResult result = flyway.migrate();
            return result.migrationsExecuted == 0
                    ? "schema is at version " + before.orElse("none") + ", nothing to do"
                    : "schema migrated from "
                            + before.map(version -> "version " + version).orElse("nothing") + " to version "
                            + result.targetSchemaVersion + " (" + result.migrationsExecuted + " scripts)";
        } catch (FlywayException e) {
            if (isOfTheDatabase(e)) {
                throw e;
            }
            throw new UnusableSchemaException(
                    "the schema of the " + database + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Version of the database; nothing if it is empty. */
    Optional<String> version() {
        return Optional.ofNullable(flyway.info().current())
                .map(MigrationInfo::getVersion)
                .map(MigrationVersion::toString);
    }

    /** Scripts that are still to be run. */
    int pendingCount() {
        return flyway.info().pending().length;
    }

    /** Version that this program brings. */
    String newestVersion() {
        MigrationVersion newest = MigrationVersion.EMPTY;
        for (MigrationInfo info : flyway.info().all()) {
            if (info.getState().isResolved()
                    && info.getVersion() != null
                    && info.getVersion().compareTo(newest) > 0) {
                newest = info.getVersion();
            }
        }
        return newest.toString();
    }

    private void requireNotNewer(Optional<String> version) {
        String newest = newestVersion();
        if (version.isPresent()
                && MigrationVersion.fromVersion(version.get()).compareTo(MigrationVersion.fromVersion(newest)) > 0) {
            throw new UnusableSchemaException(
                    "the schema of the " + database + " is at version " + version.get()
                            + ", and this program knows versions up to " + newest
                            + ": it was opened by a newer market; run that one",
                    null);
        }
    }

    private static boolean isOfTheDatabase(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.sql.SQLException) {
                return true;
            }
        }
        return false;
    }
}
