package io.agx.market.server.store;

import io.agx.market.core.model.Trade;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Sends trades by COPY, PostgreSQL's way for many rows: text format, https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS.
 * Owned by the thread that commits. What is not ended is cancelled by {@link #close()}.
 */
final class TradeCopy implements AutoCloseable {
    private static final int CHUNK_CHARS = 64 << 10;

    private final CopyIn copy;
    private final StringBuilder text = new StringBuilder(CHUNK_CHARS + 1_024);

    TradeCopy(Connection connection) throws SQLException {
        copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY trade (instrument_id, taker_side, backfill, seq, trade_time, price, quantity, trade_id)"
                        + " FROM STDIN");
    }

    void add(int instrumentId, Trade trade) throws SQLException {
        text.append(instrumentId)
                .append('\t')
                .append(trade.takerSide().code())
                .append(trade.backfill() ? "\tt\t" : "\tf\t")
                .append(trade.seq())
                .append('\t')
                .append(trade.timeMillis())
                .append('\t')
                .append(trade.price())
                .append('\t')
                .append(trade.quantity())
                .append('\t');
        appendEscaped(trade.id());
        text.append('\n');
        if (text.length() >= CHUNK_CHARS) {
            send();
        }
    }

    void end() throws SQLException {
        send();
        copy.endCopy();
    }

    private void send() throws SQLException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        text.setLength(0);
    }

    private void appendEscaped(String id) {
        for (int i = 0; i < id.length(); i++) {
            char each = id.charAt(i);
            switch (each) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(each);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
