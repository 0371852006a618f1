package io.agx.market.server.cli;

/** What the process tells its caller; documented in {@code --help}. */
public final class ExitCode {
    public static final int OK = 0;
    /** {@code verify} or {@code log} found a difference or damage; at {@code load} something was lost or could not connect. */
    public static final int DIFFERENT = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** A file, the data folder, the port, the server or a room cannot be used; the message says which and why. */
    public static final int UNUSABLE = 3;
    /** The trade log did not take trades. */
    public static final int LOG_UNAVAILABLE = 4;

    private ExitCode() {}
}
