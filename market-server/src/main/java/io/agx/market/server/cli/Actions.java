package io.agx.market.server.cli;

import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.StoreConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What the commands ask of the composition root. Each returns an {@link ExitCode}; a failure that the user can mend is an
 * {@link IOException} or {@link IllegalStateException} whose message says what and where.
 */
public interface Actions {
    /** Serves until the process is told to stop, and reads the configuration again when it is told to. */
    int serve(LoadedConfig loaded, PrintWriter out) throws IOException;

    /** Makes a token and prints it, and nothing else, to {@code out}. */
    int token(TokenOrder order, PrintWriter out, PrintWriter err) throws IOException;

    /** Adds a file's trades to the log of a data folder whose server is not running. */
    int importFile(Path dataDir, StoreConfig store, Path file, String symbol, boolean skipBadLines, PrintWriter out)
            throws IOException;

    /**
     * Writes what the store of a data folder has to a file; no server may run on it.
     *
     * @param file that does not exist yet, or {@code -} for standard output
     * @param databaseOnly whether to leave the log alone
     * @param out where it is told what happens
     */
    int export(Path dataDir, StoreConfig store, Path file, boolean databaseOnly, PrintWriter out) throws IOException;

    /**
     * Puts an export into the empty database of a data folder; no server may run on it.
     *
     * @param file or {@code -} for standard input
     */
    int importExport(Path dataDir, StoreConfig store, Path file, PrintWriter out) throws IOException;

    /** Brings the database's schema up to date. */
    int migrate(Path dataDir, StoreConfig store, PrintWriter out) throws IOException;

    /** Tells what a data folder's database is and has. */
    int info(Path dataDir, StoreConfig store, PrintWriter out) throws IOException;

    /** Recomputes klines and tickers from the log and compares them with what is stored. */
    int verify(Path dataDir, StoreConfig store, PrintWriter out) throws IOException;

    /** Prints and checks a segment of the log, or all of them. */
    int printLog(Path file, boolean checkOnly, PrintWriter out) throws IOException;
}
