package io.agx.market.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One statement for many rows, on plain JDBC: per row, jdbi's binding costs as much as the database's insert. Owned by the
 * thread that commits. Sends {@link #MAX_ROWS} rows at a time, which bounds what the driver holds.
 */
final class RowBatch implements AutoCloseable {
    static final int MAX_ROWS = 1_000;

    private final PreparedStatement statement;
    private int waitingCount;

    RowBatch(Connection connection, String sql) throws SQLException {
        statement = connection.prepareStatement(sql);
    }

    /** Where the next row's values go. */
    PreparedStatement row() {
        return statement;
    }

    /** Ends a row; every value of it was set. */
    void add() throws SQLException {
        statement.addBatch();
        if (++waitingCount == MAX_ROWS) {
            execute();
        }
    }

    /** Sends the rows that wait; does nothing without any. */
    void execute() throws SQLException {
        if (waitingCount > 0) {
            waitingCount = 0;
            statement.executeBatch();
        }
    }

    /** Frees the statement; rows that wait are lost. */
    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
