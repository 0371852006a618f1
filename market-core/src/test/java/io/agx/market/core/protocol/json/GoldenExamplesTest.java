package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ServerEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples in {@code src/test/resources/protocol}: what they hold is exactly what is written, and is read as meant. */
class GoldenExamplesTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "protocol");

    static Stream<Map.Entry<String, ClientCommand>> commands() {
        return Samples.commands().entrySet().stream();
    }

    static Stream<Map.Entry<String, ServerEvent>> events() {
        return Samples.events().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandIsWrittenAndReadAsInItsExample(Map.Entry<String, ClientCommand> sample) throws IOException {
        String golden = golden("command-" + sample.getKey(), CommandEncoder.encode(sample.getValue()));

        assertThat(CommandEncoder.encode(sample.getValue())).isEqualTo(golden);
        assertThat(CommandDecoder.decode(golden)).isEqualTo(sample.getValue());
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventIsWrittenAsInItsExample(Map.Entry<String, ServerEvent> sample) throws IOException {
        String golden = golden("event-" + sample.getKey(), EventEncoder.toText(sample.getValue()));

        assertThat(EventEncoder.toText(sample.getValue())).isEqualTo(golden);
        assertThat(EventEncoder.encode(sample.getValue())).isEqualTo(golden.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyExampleIsTested() throws IOException {
        TreeSet<String> expected = new TreeSet<>();
        Samples.commands().keySet().forEach(name -> expected.add("command-" + name + ".json"));
        Samples.events().keySet().forEach(name -> expected.add("event-" + name + ".json"));

        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> actual =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(actual).containsExactlyElementsOf(expected);
        }
    }

    /** Run with {@code -Dprotocol.examples=write} to write the examples anew, and read the difference. */
    private static String golden(String name, String actual) throws IOException {
        Path file = FOLDER.resolve(name + ".json");
        if ("write".equals(System.getProperty("protocol.examples"))) {
            Files.writeString(file, actual + "\n", StandardCharsets.UTF_8);
        }
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
}
