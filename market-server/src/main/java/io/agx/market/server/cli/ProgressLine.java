package io.agx.market.server.cli;

import io.agx.market.server.feed.ImportProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** An import's progress: drawn over and over on one line for a person, a line every ten percent for a file. */
public final class ProgressLine {
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final boolean interactive;
    private int lastTenth = -1;

    public ProgressLine(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    public void show(ImportProgress progress) {
        int percent = progress.percent();
        String figures = String.format(
                Locale.ROOT,
                "%3d %%  %,d trades  %,d/s",
                percent,
                progress.counts().settled(),
                progress.tradesPerSecond());
        if (interactive) {
            int filled = percent * WIDTH / 100;
            out.print("\r[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + figures + "  ");
            out.flush();
        } else if (percent / 10 > lastTenth) {
            lastTenth = percent / 10;
            out.println(figures);
        }
    }

    /** Leaves the line. */
    public void end() {
        if (interactive) {
            out.println();
        }
    }
}
