package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.h2.message.DbException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreDatabaseTest {
    @TempDir
    private Path folder;

    @Test
    void refusesASchemaThatIsNewerThanTheProgramAndLeavesItAlone() throws Exception {
        StoreDatabase.openEmbedded(folder).close();
        execute("INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\", \"description\", \"type\","
                + " \"script\", \"checksum\", \"installed_by\", \"execution_time\", \"success\") VALUES"
                + " (99, '999', 'from the future', 'SQL', 'V999__from_the_future.sql', 1, 'sa', 1, TRUE)");

        assertThatThrownBy(() -> StoreDatabase.openEmbedded(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is at version 999")
                .hasMessageContaining("knows versions up to 006");
        assertThat(files()).containsExactly("market.mv.db");
    }

    @Test
    void putsAFileThatIsNoDatabaseAsideAndBeginsANewOne() throws IOException {
        Files.write(
                folder.resolve("market.mv.db"),
                "no database at all\n".repeat(1_000).getBytes(StandardCharsets.UTF_8));

        MarketStore store = StoreDatabase.openEmbedded(folder);
        store.bind(UUID.randomUUID());
        store.close();

        assertThat(files())
                .contains("market.mv.db")
                .filteredOn(name -> name.startsWith("market.mv.db.damaged-"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {ErrorCode.FILE_CORRUPTED_1, ErrorCode.GENERAL_ERROR_1, ErrorCode.IO_EXCEPTION_1})
    void whatH2SaysOfABadFileIsDamage(int code) {
        assertThat(StoreDatabase.isDamage(new StoreException(failed(code)))).isTrue();
        assertThat(StoreDatabase.isDamage(
                        new StoreException(new SQLTransientConnectionException("no connection", "", failed(code)))))
                .as("that is why the pool has no connection")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {ErrorCode.LOCK_TIMEOUT_1, ErrorCode.OUT_OF_MEMORY, ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1})
    void whatOnlyFailedIsNoDamage(int code) {
        assertThat(StoreDatabase.isDamage(new StoreException(failed(code)))).isFalse();
        assertThat(StoreDatabase.isDamage(new StoreException(new SQLTransientConnectionException("no connection"))))
                .isFalse();
    }

    private static SQLException failed(int code) {
        return DbException.get(code, "this").getSQLException();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("market"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
