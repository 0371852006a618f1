package io.agx.market.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log of processes of their own, with the configuration that is delivered, as text and as JSON. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LogFormatIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TEXT_LINE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (INFO |WARN |ERROR) \\[[^]]+] \\w+: .*");

    @TempDir
    private Path folder;

    @Test
    void aJsonLogHasOneObjectALineWhateverAPeerSent() throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : run("json", LogWriter.class.getName())) {
            events.add(JSON.readTree(line));
        }

        assertThat(events).hasSize(4);
        JsonNode plain = events.get(0);
        assertThat(plain.get("timestamp").longValue()).isPositive();
        assertThat(plain.get("level").textValue()).isEqualTo("INFO");
        assertThat(plain.get("loggerName").textValue()).isEqualTo(LogWriter.class.getName());
        assertThat(plain.get("threadName").textValue()).isEqualTo("main");
        assertThat(plain.get("message").textValue()).isEqualTo("plain: count={} name={}");
        assertThat(plain.get("arguments")).isEqualTo(JSON.readTree("[\"3\",\"alice\"]"));
        assertThat(plain.get("formattedMessage").textValue()).isEqualTo("plain: count=3 name=alice");
        assertThat(events.get(1).get("formattedMessage").textValue()).isEqualTo("forged: user=" + LogWriter.FORGED);
        JsonNode failure = events.get(2).get("throwable");
        assertThat(failure.get("className").textValue()).isEqualTo("java.lang.IllegalStateException");
        assertThat(failure.get("message").textValue()).isEqualTo(LogWriter.FORGED);
        assertThat(failure.at("/cause/message").textValue()).isEqualTo("cause " + LogWriter.FORGED);
        assertThat(failure.at("/suppressed/0/message").textValue()).isEqualTo("suppressed " + LogWriter.FORGED);
        assertThat(failure.at("/stepArray/0/methodName").textValue()).isEqualTo("main");
        assertThat(events).extracting(event -> event.get("level").textValue()).doesNotContain("FORGED");
    }

    @Test
    void inATextLogNothingThatAPeerSentBeginsALine() throws Exception {
        List<String> lines = run("text", LogWriter.class.getName());

        List<String> beginnings =
                lines.stream().filter(line -> !line.startsWith("    ")).toList();
        assertThat(beginnings)
                .as(String.join("\n", lines))
                .hasSize(4)
                .allMatch(line -> TEXT_LINE.matcher(line).matches());
        assertThat(beginnings.get(0)).endsWith("INFO  [main] LogWriter: plain: count=3 name=alice");
        assertThat(beginnings.get(1))
                .contains("user=x??2026-01-01T00:00:00.000Z ERROR")
                .contains("?[2J");
        assertThat(lines).anyMatch(line -> line.strip().startsWith("Caused by: java.lang.IllegalArgumentException"));
        assertThat(lines).anyMatch(line -> line.strip().startsWith("at " + LogWriter.class.getName()));
        assertThat(String.join("", lines)).doesNotContain("\u001b");
    }

    @Test
    void aServerTellsItsStartAndWhatIsWrongAsJson() throws Exception {
        Path data = folder.resolve("data");
        Process process = process(
                "json",
                "io.agx.market.server.Main",
                "serve",
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--feed",
                "none",
                "--data",
                data.toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int port = awaitPort(out);
            // Line ends in every place that a peer can put them.
            send(port, "GET /x%0d%0a%7b%22level%22:1%7d HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n");
            send(port, "GET /\r{\"level\":\"FORGED\"} HTTP/1.1\r\nHost: a\r\n\r\n");
            send(port, "GET /ws?rooms=%0d%0a{ HTTP/1.1\r\nHost: a\r\nUpgrade: web\r\n socket\r\n\r\n");
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(folder.resolve("log"));
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines) {
            events.add(JSON.readTree(line));
        }
        assertThat(events).isNotEmpty().allSatisfy(event -> {
            assertThat(event.isObject()).isTrue();
            assertThat(event.get("level").textValue()).isIn("INFO", "WARN", "ERROR");
            assertThat(event.has("formattedMessage")).isTrue();
        });
        assertThat(events)
                .extracting(event -> event.get("message").textValue())
                .contains("recovered: instruments={} trades={} replayed={} millis={}");
    }

    private List<String> run(String format, String mainClass) throws Exception {
        Process process = process(format, mainClass);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        // Only what ends a line for whoever collects it: a line feed.
        return List.of(Files.readString(folder.resolve("log")).split("\n"));
    }

    /** With the delivered configuration, not that of the tests, which is on the same class path. */
    private Process process(String format, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(folder.resolve("log").toFile());
        builder.environment().put("MARKET_LOG_FORMAT", format);
        return builder.start();
    }

    private static int awaitPort(BufferedReader out) throws IOException {
        Pattern address = Pattern.compile("http://localhost:(\\d+)/");
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher found = address.matcher(line);
            if (found.find()) {
                return Integer.parseInt(found.group(1));
            }
        }
        throw new IOException("the server did not start");
    }

    private static void send(int port, String bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }
}
