package io.agx.market.server.live;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** The browser client in a process of Node.js: {@code market-client/js/test/real/recorder.js}. Used by one thread. */
final class JsClient implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final BufferedWriter commands;
    // Guarded by itself: written by the reader, read by the test.
    private final List<JsonNode> told = new ArrayList<>();
    private int lastCall;

    JsClient(Node node, Map<String, Object> options) throws IOException {
        process = node.start(List.of("test/real/recorder.js", JSON.writeValueAsString(options)));
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "js-client-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Calls a method of the client, and returns what its promise resolves to. */
    JsonNode call(String method, Object... arguments) throws IOException {
        int number = begin(method, arguments);
        await().atMost(PATIENCE).until(() -> answer(number).isPresent());
        JsonNode answer = answer(number).orElseThrow();
        if (answer.get("kind").asText().equals("failed")) {
            throw new IllegalStateException(answer.get("code").asText() + ": "
                    + answer.get("message").asText() + "; ends of connections: " + events("disconnected"));
        }
        return answer.get("value");
    }

    /** Calls a method without waiting for what it resolves to. */
    int begin(String method, Object... arguments) throws IOException {
        ObjectNode command = JSON.createObjectNode();
        command.put("n", ++lastCall);
        command.put("call", method);
        command.set("args", JSON.valueToTree(arguments));
        commands.write(JSON.writeValueAsString(command));
        commands.newLine();
        commands.flush();
        return lastCall;
    }

    /** All that was told of a kind so far: {@code data}, {@code gap}, {@code event}, {@code played}, {@code replayed}. */
    List<JsonNode> told(String kind) {
        synchronized (told) {
            return told.stream()
                    .filter(each -> each.get("kind").asText().equals(kind))
                    .toList();
        }
    }

    /** Details of the lifecycle events of a name so far. */
    List<JsonNode> events(String name) {
        return told("event").stream()
                .filter(each -> each.get("event").asText().equals(name))
                .map(each -> each.get("detail"))
                .toList();
    }

    /** All items of a room so far, in the order in which its listener got them. */
    List<JsonNode> items(String room) {
        return told("data").stream()
                .filter(each -> each.get("room").asText().equals(room))
                .flatMap(each -> StreamSupport.stream(each.get("items").spliterator(), false))
                .toList();
    }

    List<Long> seqs(String room) {
        return items(room).stream().map(item -> item.get("seq").asLong()).toList();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "a closed client keeps its process alive: a timer or socket was left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    private Optional<JsonNode> answer(int number) {
        synchronized (told) {
            return told.stream()
                    .filter(each -> each.path("n").asInt() == number)
                    .findFirst();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                JsonNode value = parse(line);
                synchronized (told) {
                    told.add(value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is not JSON comes from Node.js itself, and is seen in the output of the tests. */
    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            System.out.println("node: " + line);
            return JSON.createObjectNode().put("kind", "output");
        }
    }
}
