package io.agx.market.server.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;

/** What differs between the databases. Thread-safe; what is about a batch is called by the committing thread. */
interface StoreBackend extends AutoCloseable {
    TradeRows trades();

    KlineMerge klines();

    /** @throws StoreException if the database fails */
    <T> T read(HandleCallback<T, RuntimeException> query);

    /**
     * As {@link #read}, for tools: without the time-outs that protect a server.
     *
     * @throws StoreException if the database fails
     */
    <T> T readAtLeisure(HandleCallback<T, RuntimeException> query);

    /** Makes of an expression of a text that of the sum of the texts' checksums, as {@link StoreSums} says. */
    String checksumOf(String text);

    /**
     * One transaction.
     *
     * @throws StoreException if the database fails; nothing of it is kept, or it is not known
     */
    void write(HandleConsumer<SQLException> transaction);

    /** Before the transaction of a batch, on its own. */
    void begin(StoreBatch batch);

    /**
     * First of all in the transaction of a batch: that the database is where this server left it, and stays so.
     *
     * @throws SQLException if it is not; the message says why
     */
    void requireOurs(Handle handle) throws SQLException;

    /** Moves the stored position, in a transaction. */
    void move(Handle handle, long position) throws SQLException;

    /** After the transaction of a batch. */
    void end(long position);

    /** A transaction failed: what is remembered of the database may be wrong. */
    void failed();

    /** The writer goes on from here: it has read this position, or set it. */
    void continueFrom(long position);

    /** A row of the checkpoint was made anew, in a transaction. */
    void bound(Handle handle);

    /** As {@link MarketStore#readers}. */
    int readers();

    /** As {@link MarketStore#measure}. */
    void measure(MeterRegistry registry);

    /** As {@link MarketStore#flush}. */
    void flush();

    /** As {@link MarketStore#check}. */
    void check();

    /** As {@link MarketStore#dropOldTrades}. */
    void dropOldTrades(long clockMillis);

    /** As {@link MarketStore#keptTimeMillis}. */
    long keptTimeMillis();

    @Override
    void close();
}
