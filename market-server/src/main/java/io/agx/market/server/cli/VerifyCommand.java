package io.agx.market.server.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code market verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Recomputes all klines and tickers from the trade log and compares them, digit for digit, with the database.",
            "The server of that data folder must not run. Exit code 1, and the first differences, if they differ."
        })
final class VerifyCommand extends DataCommand {
    @Override
    public Integer call() throws IOException {
        return actions().verify(dataDir(), store(), out());
    }
}
