package io.agx.market.server;

import io.agx.market.server.cli.MarketCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The process's entry. */
public final class Main {
    private Main() {}

    /** Runs {@code market} with these arguments and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        // Whether a person watches is told by bin/market: System.console() means something else since JDK 22.
        boolean interactive = "1".equals(System.getenv("MARKET_TTY"));
        int exitCode = MarketCommand.run(new MarketActions(interactive), System::getenv, out, err, args);
        out.flush();
        err.flush();
        Runtime.getRuntime().halt(exitCode);
    }
}
