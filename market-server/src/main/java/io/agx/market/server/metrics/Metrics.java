package io.agx.market.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Everything that {@code GET /metrics} tells, the JVM's own numbers among it. Values are read when asked for. Thread-safe. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Queue<LongSupplier> counted = new ConcurrentLinkedQueue<>();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /**
     * A number that only rises.
     *
     * @param name with dots: {@code market.delivery.messages} is {@code market_delivery_messages_total}
     * @param sentence what it counts
     * @param value read on the thread that asks, from a field that may be read by any
     * @param tags names and values in turn
     */
    public void counter(String name, String sentence, LongSupplier value, String... tags) {
        counted.add(value); // Micrometer holds a counter's source weakly, and tells 0 once it is collected.
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(sentence)
                .tags(tags)
                .register(registry);
    }

    /** A number that rises and falls; parameters as of {@link #counter}. */
    public void gauge(String name, String sentence, LongSupplier value, String... tags) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(sentence)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Times, counted by how long they took.
     *
     * @param name as Prometheus has it: {@code market_delivery_latency_seconds}
     * @param sentence what it counts
     * @param upperSeconds the upper bounds, rising, without infinity
     * @param counts for each bound how many were between the one before and it, and last those above; read on the thread that asks
     * @param sumSeconds of all values; read after the counts
     */
    public void histogram(
            String name, String sentence, double[] upperSeconds, Supplier<long[]> counts, DoubleSupplier sumSeconds) {
        double[] bounds = Arrays.copyOf(upperSeconds, upperSeconds.length + 1);
        bounds[upperSeconds.length] = Double.POSITIVE_INFINITY;
        registry.getPrometheusRegistry()
                .register(() -> HistogramSnapshot.builder()
                        .name(name)
                        .help(sentence)
                        .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(
                                        ClassicHistogramBuckets.of(asList(bounds), asList(counts.get())))
                                .sum(sumSeconds.getAsDouble())
                                .build())
                        .build());
    }

    private static List<Double> asList(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<Long> asList(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    /** All of it in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }
}
