package io.agx.market.server.http;

import io.agx.market.server.measure.Distribution;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What HTTP requests came to, by method, route and status, and what they took. Thread-safe. Bounded: a route is the pattern of a resource and
 * never a path, methods and statuses are those that there are.
 */
public final class RequestFigures {
    /** As labels they are in this order; {@link #times()} has the first two. */
    public static final List<String> LABELS = List.of("method", "route", "status");

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<List<String>, Distribution> times = new ConcurrentHashMap<>();

    /** @param route the pattern by which the request's resource was found */
    void count(String method, String route, int status, long nanos) {
        String known = METHODS.contains(method) ? method : "other";
        String code = status >= 100 && status <= 599 ? String.valueOf(status) : "other";
        counts.computeIfAbsent(List.of(known, route, code), key -> new LongAdder())
                .increment();
        times.computeIfAbsent(List.of(known, route), key -> Distribution.ofDurations())
                .record(nanos);
    }

    /** Requests since the start, by {@link #LABELS}. */
    public Map<List<String>, Long> counts() {
        Map<List<String>, Long> copy = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        counts.forEach((labels, count) -> copy.put(labels, count.sum()));
        return copy;
    }

    /** From the first byte that a resource could see to the last that it wrote, by method and route. */
    public Map<List<String>, Distribution> times() {
        return Map.copyOf(times);
    }
}
