package io.agx.market.server.cli.watch;

import java.io.PrintWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses how to show. */
public final class Views {
    private Views() {}

    /** JSON lines. */
    public static View json(PrintWriter out, PrintWriter err) {
        return new LineView(new JsonLines(), out, err);
    }

    /**
     * A screen in a terminal, else lines of text.
     *
     * @param environment {@code MARKET_TTY} is 1 for a terminal, as {@code bin/market} finds out; {@code TERM} and {@code NO_COLOR} as usual,
     *     {@code COLUMNS} and {@code LINES} go before the terminal's own size
     */
    public static View of(PrintWriter out, PrintWriter err, Function<String, @Nullable String> environment) {
        if (!"1".equals(environment.apply("MARKET_TTY")) || "dumb".equals(environment.apply("TERM"))) {
            return new LineView(new PlainLines(), out, err);
        }
        String noColor = environment.apply("NO_COLOR");
        Paint paint = noColor == null || noColor.isEmpty() ? Paint.COLOURS : Paint.NONE;
        return new ScreenView(out, err, paint, new TerminalSize(environment), System::currentTimeMillis);
    }
}
