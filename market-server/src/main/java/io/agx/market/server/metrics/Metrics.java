package io.agx.market.server.metrics;

import io.agx.market.server.measure.Distribution;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Everything that {@code GET /metrics} tells, the JVM's own numbers among it. Values are read when asked for. Thread-safe. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Queue<DoubleSupplier> counted = new ConcurrentLinkedQueue<>();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Where libraries register what they tell of themselves. */
    public MeterRegistry registry() {
        return registry;
    }

    /**
     * A number that only rises.
     *
     * @param name with dots: {@code market.delivery.messages} is {@code market_delivery_messages_total}
     * @param sentence what it counts
     * @param value read on the thread that asks, from a field that may be read by any
     * @param tags names and values in turn
     */
    public void counter(String name, String sentence, DoubleSupplier value, String... tags) {
        counted.add(value); // Micrometer holds a counter's source weakly, and tells 0 once it is collected.
        FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
                .description(sentence)
                .tags(tags)
                .register(registry);
    }

    /** A number that rises and falls; parameters as of {@link #counter}. */
    public void gauge(String name, String sentence, DoubleSupplier value, String... tags) {
        Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                .description(sentence)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Values, counted by how large they are.
     *
     * @param name as Prometheus has it: {@code market_journal_force_seconds}
     * @param sentence what it counts
     */
    public void histogram(String name, String sentence, Distribution values) {
        histograms(name, sentence, List.of(), () -> Map.of(List.of(), values));
    }

    /**
     * The same of several that are told apart by labels, which need not all be there from the start.
     *
     * @param labels their names
     * @param values by the labels' values; as many as have been seen, which the caller bounds
     */
    public void histograms(
            String name, String sentence, List<String> labels, Supplier<Map<List<String>, Distribution>> values) {
        registry.getPrometheusRegistry().register(() -> {
            HistogramSnapshot.Builder family =
                    HistogramSnapshot.builder().name(name).help(sentence);
            values.get()
                    .forEach((told, each) -> family.dataPoint(
                            dataPoint(labels(labels, told), each.upperBounds(), each.counts(), each.sum())));
            return family.build();
        });
    }

    /**
     * Times, counted by how long they took, of an owner with a table of its own.
     *
     * @param name as of {@link #histogram(String, String, Distribution)}
     * @param upperSeconds the upper bounds, rising, without infinity
     * @param counts for each bound how many were between the one before and it, and last those above; read on the thread that asks
     * @param sumSeconds of all values; read after the counts
     */
    public void histogram(
            String name, String sentence, double[] upperSeconds, Supplier<long[]> counts, DoubleSupplier sumSeconds) {
        registry.getPrometheusRegistry()
                .register(() -> HistogramSnapshot.builder()
                        .name(name)
                        .help(sentence)
                        .dataPoint(dataPoint(Labels.EMPTY, upperSeconds, counts.get(), sumSeconds.getAsDouble()))
                        .build());
    }

    /** Counters that are told apart by labels, which need not all be there from the start; as {@link #histograms}. */
    public void counters(String name, String sentence, List<String> labels, Supplier<Map<List<String>, Long>> values) {
        registry.getPrometheusRegistry().register(() -> {
            CounterSnapshot.Builder family =
                    CounterSnapshot.builder().name(name).help(sentence);
            values.get()
                    .forEach((told, count) -> family.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                            .labels(labels(labels, told))
                            .value(count)
                            .build()));
            return family.build();
        });
    }

    private static Labels labels(List<String> names, List<String> values) {
        return names.isEmpty() ? Labels.EMPTY : Labels.of(names, values);
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
            Labels labels, double[] upperBounds, long[] counts, double sum) {
        double[] bounds = Arrays.copyOf(upperBounds, upperBounds.length + 1);
        bounds[upperBounds.length] = Double.POSITIVE_INFINITY;
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(asList(bounds), asList(counts)))
                .sum(sum)
                .build();
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
