package io.agx.market.server.cli.watch;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How large the terminal is: {@code COLUMNS} and {@code LINES} if both are set, else what {@code stty} says, asked again every two seconds
 * because a window can be resized; else 80 by 24. Not thread-safe.
 */
final class TerminalSize implements Supplier<TerminalSize.Size> {
    /** At least 20 by 5, so that there is something to draw on. */
    record Size(int columns, int rows) {
        Size {
            columns = Math.max(20, columns);
            rows = Math.max(5, rows);
        }
    }

    private static final Size USUAL = new Size(80, 24);
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final File TERMINAL = new File("/dev/tty");
    private static final Pattern ROWS_COLUMNS = Pattern.compile("([1-9]\\d{0,3}) ([1-9]\\d{0,3})\\s*");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,3}");

    private final @Nullable Size fixed;
    private Size size = USUAL;
    private long askedNanos;
    private boolean asked;

    TerminalSize(Function<String, @Nullable String> environment) {
        String columns = environment.apply("COLUMNS");
        String lines = environment.apply("LINES");
        fixed = columns != null
                        && lines != null
                        && NUMBER.matcher(columns).matches()
                        && NUMBER.matcher(lines).matches()
                ? new Size(Integer.parseInt(columns), Integer.parseInt(lines))
                : null;
    }

    @Override
    public Size get() {
        if (fixed != null) {
            return fixed;
        }
        long now = System.nanoTime();
        if (!asked || now - askedNanos > KEEP_NANOS) {
            asked = true;
            askedNanos = now;
            size = ask();
        }
        return size;
    }

    private Size ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(TERMINAL)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Matcher matcher = ROWS_COLUMNS.matcher(answer);
            return matcher.matches()
                    ? new Size(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1)))
                    : size;
        } catch (IOException e) {
            return size; // No stty, or no terminal of our own.
        }
    }
}
