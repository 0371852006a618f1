package io.agx.market.server.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The alert rules: by Prometheus' own tool where there is one, and by what can be told without it. */
class AlertRulesTest {
    @Test
    void prometheusTakesTheRules() throws Exception {
        assertThat(promtool("check", "rules", Deployed.ALERTS.toString())).contains("SUCCESS");
        assertThat(promtool("check", "config", Deployed.PROMETHEUS.toString())).contains("SUCCESS");
    }

    @Test
    void theRulesFireOnWhatTheyAreForAndOnNothingElse() throws Exception {
        assertThat(promtool("test", "rules", Deployed.ALERTS_TEST.toString())).contains("SUCCESS");
    }

    @Test
    void everyRuleIsOneOfThePlainForm() throws IOException {
        Map<String, JsonNode> alerts = Deployed.alerts();
        assertThat(alerts).hasSizeGreaterThan(25);

        alerts.forEach((name, rule) -> {
            assertThat(name).matches("Market[A-Z][A-Za-z]+");
            Set<String> fields = new HashSet<>();
            rule.fieldNames().forEachRemaining(fields::add);
            assertThat(Set.of("alert", "expr", "for", "labels", "annotations"))
                    .as(name)
                    .containsAll(fields);
            assertThat(fields).as(name).contains("alert", "expr", "labels", "annotations");
            if (rule.has("for")) {
                assertThat(rule.get("for").asText()).as(name).matches("[1-9][0-9]*[smh]");
            }
            String expression = rule.get("expr").textValue();
            for (String pair : List.of("()", "{}", "[]")) {
                assertThat(expression.chars().filter(c -> c == pair.charAt(0)).count())
                        .as("%s: %s", name, pair)
                        .isEqualTo(expression
                                .chars()
                                .filter(c -> c == pair.charAt(1))
                                .count());
            }
            assertThat(expression).as("%s compares", name).containsPattern("==|[<>]");
        });
    }

    @Test
    void everyAlertHasATest() throws IOException {
        Set<String> tested = new TreeSet<>();
        for (JsonNode test : Deployed.yaml(Deployed.ALERTS_TEST).get("tests")) {
            for (JsonNode expected : test.get("alert_rule_test")) {
                if (!expected.get("exp_alerts").isEmpty()) {
                    tested.add(expected.get("alertname").textValue());
                }
            }
        }
        Set<String> untested = new TreeSet<>(Deployed.alerts().keySet());
        untested.removeAll(tested);
        assertThat(untested).as("alerts that no test lets fire").isEmpty();
    }

    private static String promtool(String... arguments) throws Exception {
        Optional<Path> tool = Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(tool.isPresent(), "there is no promtool on the PATH");
        ProcessBuilder builder = new ProcessBuilder(tool.get().toString());
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
