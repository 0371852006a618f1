package io.agx.market.server.delivery;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws a soak's samples over time as SVG: one panel below the other, each from zero up. */
final class SoakPlot {
    private static final int WIDTH = 900;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int PANEL = 150;
    private static final int TOP = 50;
    private static final int GAP = 40;
    private static final List<String> COLOURS = List.of("#1f6feb", "#d1242f");

    private final StringBuilder svg = new StringBuilder();
    private final List<SoakSample> samples;
    private final double lastSeconds;
    private int panels;

    /** A line of a panel. */
    record Line(String name, ToDoubleFunction<SoakSample> figure) {}

    private SoakPlot(List<SoakSample> samples) {
        this.samples = samples;
        this.lastSeconds = samples.get(samples.size() - 1).seconds();
    }

    static String draw(String title, List<SoakSample> samples) {
        SoakPlot plot = new SoakPlot(samples);
        plot.panel(
                "memory, MiB",
                new Line("heap after collection", SoakSample::heapMib),
                new Line("resident", SoakSample::residentMib));
        plot.panel("count", new Line("threads", SoakSample::threads), new Line("open files", SoakSample::files));
        plot.panel(
                "push to subscriber, ms",
                new Line("p50", SoakSample::p50Millis),
                new Line("p99", SoakSample::p99Millis));
        plot.panel("ack, ms", new Line("p50", SoakSample::ackP50Millis), new Line("p99", SoakSample::ackP99Millis));
        plot.panel("cores", new Line("server", SoakSample::cores), new Line("load of the machine", SoakSample::load));
        int height = TOP + plot.panels * (PANEL + GAP) + 10;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + height
                + "\" viewBox=\"0 0 " + WIDTH + " " + height
                + "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                + "<text x=\"" + LEFT + "\" y=\"24\" font-size=\"15\">" + title + "</text>\n" + plot.svg + "</svg>\n";
    }

    private void panel(String unit, Line... lines) {
        int top = TOP + panels * (PANEL + GAP);
        int bottom = top + PANEL;
        double most = 0;
        for (Line line : lines) {
            for (SoakSample sample : samples) {
                most = Math.max(most, line.figure().applyAsDouble(sample));
            }
        }
        double step = stepOf(most);
        double scale = Math.ceil(Math.max(most, step) / step) * step;
        for (double at = 0; at <= scale + step / 2; at += step) {
            double y = bottom - at / scale * PANEL;
            add("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>", LEFT, WIDTH - RIGHT, y, y);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#555\">%s</text>", LEFT - 6, y + 4, label(at));
        }
        double minutes = stepOf(lastSeconds / 60);
        for (double at = 0; at * 60 <= lastSeconds; at += minutes) {
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%s min</text>",
                    x(at * 60), bottom + 16, label(at));
        }
        add("<text x=\"%d\" y=\"%d\" fill=\"#333\">%s</text>", LEFT, top - 6, unit);
        for (int i = 0; i < lines.length; i++) {
            Line line = lines[i];
            StringBuilder points = new StringBuilder();
            for (SoakSample sample : samples) {
                double y = bottom - line.figure().applyAsDouble(sample) / scale * PANEL;
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(sample.seconds()), y));
            }
            add(
                    "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%s\"/>",
                    COLOURS.get(i), points.toString().strip());
            add(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>",
                    WIDTH - RIGHT - 160 * (lines.length - 1 - i), top - 6, COLOURS.get(i), line.name());
        }
        panels++;
    }

    private double x(double seconds) {
        return LEFT + seconds / lastSeconds * (WIDTH - LEFT - RIGHT);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most five steps. */
    private static double stepOf(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(most, 0.1) / 5)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power * 5 >= most) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String label(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
