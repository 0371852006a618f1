package io.agx.market.server.delivery;

import io.agx.market.server.drill.OpenLoop;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a soak saw in one stretch of time.
 *
 * @param seconds since the begin, at the end of the stretch
 * @param heapMib in use after a whole collection at the end of the stretch
 * @param pushes of trades that the swarm read in the stretch, a message each
 * @param p50Millis from the stamp of a push to its reading
 * @param ackP50Millis from a batch's due moment to its ack
 * @param missing trades that a subscriber should have and has not, since the begin
 * @param cores CPU of the server
 * @param load average of the machine
 */
record SoakSample(
        double seconds,
        double heapMib,
        double residentMib,
        long threads,
        long files,
        long pushes,
        int p50Millis,
        int p99Millis,
        int maxMillis,
        double ackP50Millis,
        double ackP99Millis,
        long acked,
        long refused,
        long missing,
        double cores,
        double load) {

    static final String HEADER = "seconds,heap_mib,resident_mib,threads,files,pushes,p50_ms,p99_ms,max_ms,ack_p50_ms,"
            + "ack_p99_ms,acked,refused,missing,cores,load";

    String csv() {
        return String.format(
                Locale.ROOT,
                "%.1f,%.2f,%.1f,%d,%d,%d,%d,%d,%d,%.2f,%.2f,%d,%d,%d,%.2f,%.2f",
                seconds,
                heapMib,
                residentMib,
                threads,
                files,
                pushes,
                p50Millis,
                p99Millis,
                maxMillis,
                ackP50Millis,
                ackP99Millis,
                acked,
                refused,
                missing,
                cores,
                load);
    }

    /** How a figure grows in an hour: the straight line of least squares. */
    static double perHour(List<SoakSample> samples, ToDoubleFunction<SoakSample> figure) {
        double meanTime = mean(samples, SoakSample::seconds);
        double meanFigure = mean(samples, figure);
        double above = 0;
        double below = 0;
        for (SoakSample sample : samples) {
            double time = sample.seconds() - meanTime;
            above += time * (figure.applyAsDouble(sample) - meanFigure);
            below += time * time;
        }
        return below == 0 ? 0 : above / below * 3_600;
    }

    static double mean(List<SoakSample> samples, ToDoubleFunction<SoakSample> figure) {
        return samples.stream().mapToDouble(figure).average().orElse(0);
    }

    static double[] ackMillis(long[] sortedNanos) {
        return new double[] {OpenLoop.millis(sortedNanos, 0.5), OpenLoop.millis(sortedNanos, 0.99)};
    }
}
