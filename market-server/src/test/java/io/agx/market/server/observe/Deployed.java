package io.agx.market.server.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is in {@code deploy/} and {@code docs/}, as far as it speaks of metrics. */
final class Deployed {
    static final Path ALERTS = Path.of("..", "deploy", "prometheus", "alerts.yml");
    static final Path ALERTS_TEST = Path.of("..", "deploy", "prometheus", "alerts_test.yml");
    static final Path PROMETHEUS = Path.of("..", "deploy", "prometheus", "prometheus.yml");
    static final Path DASHBOARD = Path.of("..", "deploy", "grafana", "market.json");
    private static final Path OPERATIONS = Path.of("..", "docs", "OPERATIONS.md");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();

    /** PromQL's own words, and Prometheus' metric that is no server's. */
    private static final Set<String> NO_METRICS = Set.of(
            "sum",
            "rate",
            "increase",
            "max",
            "min",
            "avg",
            "count",
            "histogram_quantile",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "or",
            "and",
            "unless",
            "changes",
            "predict_linear",
            "time",
            "label_values",
            "up",
            "clamp_min",
            "topk",
            "bool",
            "offset");

    private static final Pattern WORD = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_]+)`( \\(([^)]*)\\))? \\| (\\w+) \\| ([^|]*) \\| .*");

    private Deployed() {}

    static JsonNode yaml(Path file) throws IOException {
        return YAML.readTree(file.toFile());
    }

    static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    /** The rules, by the alert's name. */
    static Map<String, JsonNode> alerts() throws IOException {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode group : yaml(ALERTS).get("groups")) {
            for (JsonNode rule : group.get("rules")) {
                if (alerts.put(rule.get("alert").textValue(), rule) != null) {
                    throw new IOException("there are two alerts " + rule.get("alert"));
                }
            }
        }
        return alerts;
    }

    /** The metrics that an expression of PromQL reads. */
    static Set<String> metricsOf(String expression) {
        String bare = expression
                .replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^\\]]*]", "")
                .replaceAll("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)", "")
                .replaceAll("\\$\\w+", "")
                .replaceAll("\\b\\d[\\w.]*", "");
        Set<String> metrics = new TreeSet<>();
        Matcher word = WORD.matcher(bare);
        while (word.find()) {
            if (!NO_METRICS.contains(word.group())) {
                metrics.add(word.group());
            }
        }
        return metrics;
    }

    /** A metric as the handbook tells it; {@code only} says where it is not always there, else it is empty. */
    record Documented(String name, String only, String type, List<String> labels) {}

    /** Section 4's table of metrics. */
    static List<Documented> documented() throws IOException {
        List<Documented> all = new ArrayList<>();
        for (String line : section4()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()
                    && Set.of("counter", "gauge", "histogram", "summary").contains(row.group(4))) {
                List<String> labels = new ArrayList<>();
                Matcher label = Pattern.compile("`([^`]+)`").matcher(row.group(5));
                while (label.find()) {
                    labels.add(label.group(1));
                }
                all.add(new Documented(
                        row.group(1),
                        row.group(3) == null ? "" : row.group(3),
                        row.group(4),
                        labels.stream().sorted().toList()));
            }
        }
        return all;
    }

    /** The lines of the chapter that is about metrics. */
    static List<String> section4() throws IOException {
        List<String> lines = new ArrayList<>();
        boolean in = false;
        for (String line : Files.readAllLines(OPERATIONS)) {
            in = line.startsWith("## ") ? line.startsWith("## 4. ") : in;
            if (in) {
                lines.add(line);
            }
        }
        return lines;
    }
}
