package io.agx.market.server.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} said, read as Prometheus reads it. Immutable. */
public record Scrape(Map<String, Family> families, Map<String, Map<Map<String, String>, Double>> samples) {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    /** @param labels names of all labels but {@code le} and {@code quantile} */
    public record Family(String name, String type, List<String> labels) {}

    /** @throws IllegalArgumentException if a line is none of the format */
    public static Scrape of(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, Map<Map<String, String>, Double>> samples = new TreeMap<>();
        Map<String, TreeSet<String>> labels = new TreeMap<>();
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                Map<String, String> told = labels(sample.group(2) == null ? "" : sample.group(2));
                samples.computeIfAbsent(sample.group(1), name -> new LinkedHashMap<>())
                        .put(told, number(sample.group(3)));
                String family = sample.group(1);
                for (String end : List.of("_bucket", "_count", "_sum")) {
                    String base = family.endsWith(end) ? family.substring(0, family.length() - end.length()) : "";
                    family = types.containsKey(base) ? base : family;
                }
                TreeSet<String> names = labels.computeIfAbsent(family, name -> new TreeSet<>());
                names.addAll(told.keySet());
                names.removeAll(List.of("le", "quantile"));
            } else if (!line.startsWith("# HELP ")) {
                throw new IllegalArgumentException("no line of the format: " + line);
            }
        });
        Map<String, Family> families = new TreeMap<>();
        types.forEach((name, type) -> families.put(
                name, new Family(name, type, new ArrayList<>(labels.getOrDefault(name, new TreeSet<>())))));
        return new Scrape(families, samples);
    }

    /** The sum of all samples of a name that have these labels, names and values in turn; 0 if there are none. */
    public double sum(String name, String... labels) {
        return samples.getOrDefault(name, Map.of()).entrySet().stream()
                .filter(sample -> {
                    for (int i = 0; i < labels.length; i += 2) {
                        if (!labels[i + 1].equals(sample.getKey().get(labels[i]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            labels.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (end != text.length()) {
            throw new IllegalArgumentException("no labels: " + text);
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
