package io.agx.market.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.http.ApiDocuments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents against their own standards, the protocol's examples, its enums, and PROTOCOL.md. */
class ApiDocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLES = ROOT.resolve("market-core/src/test/resources/protocol");
    private static final Contract SOCKET = new Contract(ApiDocuments.asyncApi());
    private static final String PROTOCOL = read(ROOT.resolve("market-core/doc/PROTOCOL.md"));

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String document(String name) {
        return name.equals("openapi.json") ? ApiDocuments.openApi() : ApiDocuments.asyncApi();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openapi.json", "asyncapi.json"})
    void theDocumentInTheRepositoryIsTheOneThatIsServed(String name) throws IOException {
        Path file = ROOT.resolve("docs/api").resolve(name);
        if ("write".equals(System.getProperty("api.documents"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, document(name), StandardCharsets.UTF_8);
        }

        assertThat(read(file))
                .as("run this test with -Dapi.documents=write to write docs/api anew, and read the difference")
                .isEqualTo(document(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"openapi.json", "asyncapi.json"})
    void theDocumentIsValidByItsStandard(String name) {
        boolean open = name.equals("openapi.json");
        String standard = read(
                Path.of("src/test/resources/api", open ? "openapi-3.1.schema.json" : "asyncapi-3.0.0.schema.json"));
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                open ? SpecificationVersion.DRAFT_2020_12 : SpecificationVersion.DRAFT_7);

        assertThat(registry.getSchema(standard, InputFormat.JSON).validate(document(name), InputFormat.JSON))
                .isEmpty();

        ObjectNode broken = (ObjectNode) Contract.read(document(name));
        broken.remove("info");
        assertThat(registry.getSchema(standard, InputFormat.JSON).validate(broken.toString(), InputFormat.JSON))
                .as("the standard notices what is missing")
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openapi.json", "asyncapi.json"})
    void everySchemaIsOneAndEveryReferenceLeadsSomewhere(String name) {
        JsonNode document = Contract.read(document(name));
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        com.networknt.schema.Schema standard =
                registry.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        document.at("/components/schemas")
                .properties()
                .forEach(
                        schema -> assertThat(standard.validate(schema.getValue().toString(), InputFormat.JSON))
                                .as(schema.getKey())
                                .isEmpty());

        Set<String> references = new TreeSet<>();
        document.findValuesAsText("$ref").forEach(references::add);
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        document.at("/components/schemas")
                .fieldNames()
                .forEachRemaining(schema -> assertThat(references).contains("#/components/schemas/" + schema));
    }

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.sorted().toList().stream();
        }
    }

    private static String kindOf(Path example) {
        return example.getFileName().toString().startsWith(WireMessage.COMMAND)
                ? WireMessage.COMMAND
                : WireMessage.EVENT;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleOfTheProtocolFitsItsMessageAndNoOther(Path example) {
        String text = read(example);
        String kind = kindOf(example);
        String key = kind.equals(WireMessage.COMMAND) ? SOCKET.command(text) : SOCKET.event(text);

        assertThat(SOCKET.fitting(kind, text)).containsExactly(key);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleWithAnythingMoreOrWithoutWhatIsNeededDoesNotFit(Path example) {
        String kind = kindOf(example);
        ObjectNode message = (ObjectNode) Contract.read(read(example));
        List<String> bad = new ArrayList<>();
        ObjectNode more = message.deepCopy();
        more.put("surplus", 1);
        bad.add(more.toString());
        if (message.path("data") instanceof ObjectNode) {
            ObjectNode deeper = message.deepCopy();
            ((ObjectNode) deeper.get("data")).put("surplus", 1);
            bad.add(deeper.toString());
        }
        ObjectNode unnamed = message.deepCopy();
        unnamed.remove("event");
        bad.add(unnamed.toString());
        ObjectNode renamed = message.deepCopy();
        renamed.put("event", "surplus");
        bad.add(renamed.toString());
        ObjectNode mistyped = message.deepCopy();
        mistyped.putObject("id");
        bad.add(mistyped.toString());

        assertThat(bad)
                .allSatisfy(
                        text -> assertThat(SOCKET.fitting(kind, text)).as(text).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticker:BTC-USDT",
                "ticker:*",
                "ticker:BTC-*@1s~last~volume",
                "kline:BTC-USDT:1M:-05:30@raw~close",
                "trade:A~price",
                "inbox",
                "system",
            })
    void theNamesOfRoomsAreThoseThatTheServerKnows(String name) {
        assertThat(RoomName.parse(name)).isNotNull();
        assertThat(SOCKET.errors("/components/schemas/RoomName", "\"" + name + "\""))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticker",
                "ticker:a",
                "kline:BTC-USDT",
                "kline:BTC-USDT:7m",
                "trade:*",
                "inbox:bob",
                "ticker:A@3s",
                "trade:A~volume",
                "trade:A~",
                "",
                "x:trade:A",
            })
    void noOthersAreTakenForOne(String name) {
        assertThat(SOCKET.errors("/components/schemas/RoomName", "\"" + name + "\""))
                .isNotEmpty();
    }

    @Test
    void everyRecordOfTheCodecIsAMessageAndEveryMessageARecord() {
        Set<Class<?>> commands = new HashSet<>();
        CommandMessages.all().forEach(command -> commands.add(command.message().type()));
        Set<Class<?>> events = new HashSet<>();
        EventMessages.all().forEach(event -> events.add(event.type()));
        events.add(ServerEvent.Played.class); // A Push with an id.

        assertThat(commands).containsExactlyInAnyOrder(ClientCommand.class.getPermittedSubclasses());
        assertThat(events).containsExactlyInAnyOrder(ServerEvent.class.getPermittedSubclasses());
    }

    @Test
    void everyCodeIsInTheDocuments() {
        List<String> errors = Stream.of(ErrorCode.values()).map(ErrorCode::code).toList();
        for (String name : List.of("openapi.json", "asyncapi.json")) {
            List<String> told = new ArrayList<>();
            Contract.read(document(name))
                    .at("/components/schemas/ErrorCode/enum")
                    .forEach(code -> told.add(code.asText()));
            assertThat(told).as(name).isEqualTo(errors);
        }
        List<String> closes = new ArrayList<>();
        Contract.read(ApiDocuments.asyncApi())
                .at("/channels/market/x-close-codes")
                .forEach(code -> closes.add(code.get("code") + " " + code.get("reconnect")));
        assertThat(closes)
                .isEqualTo(Stream.of(CloseCode.values())
                        .map(code -> code.code() + " " + code.reconnect())
                        .toList());
    }

    /** The rules of ingest have no enum: their names are read from the sources. */
    @Test
    void everyRuleOfSingleTradesAndQuotesIsInTheDocuments() throws IOException {
        Set<String> rules = new TreeSet<>();
        for (String folder : List.of("ingest", "publish", "http")) {
            try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/agx/market/server", folder))) {
                files.filter(Files::isRegularFile).forEach(file -> {
                    Matcher literal = Pattern.compile("(?:reject|Rejected)\\(\\s*\"([a-z_]+)\"")
                            .matcher(read(file));
                    while (literal.find()) {
                        rules.add(literal.group(1));
                    }
                    Matcher code = Pattern.compile("(?i:rejected)\\(\\s*ErrorCode\\.([A-Z_]+)")
                            .matcher(read(file));
                    while (code.find()) {
                        rules.add(ErrorCode.valueOf(code.group(1)).code());
                    }
                });
            }
        }
        Set<String> told = new TreeSet<>();
        SOCKET.document().at("/components/schemas/RejectionCode/enum").forEach(code -> told.add(code.asText()));

        assertThat(told).containsExactlyInAnyOrderElementsOf(rules);
    }

    @Test
    void commandsAndEventsAreThoseOfTheProtocolsText() {
        Set<String> commands = new TreeSet<>();
        CommandMessages.all().forEach(command -> commands.add(command.message().event()));
        Set<String> events = new TreeSet<>();
        EventMessages.all().forEach(event -> events.add(event.event()));

        assertThat(commands).isEqualTo(firstColumn("## 5. Commands"));
        assertThat(events).isEqualTo(firstColumn("## 8. Events"));
        assertThat(PROTOCOL).contains("**" + Documents.VERSION + "** ");
    }

    /** The words in backquotes of a table's first column. */
    private static Set<String> firstColumn(String heading) {
        int table = PROTOCOL.indexOf("|---", PROTOCOL.indexOf(heading));
        String section = PROTOCOL.substring(table, PROTOCOL.indexOf("\n\n", table));
        Set<String> words = new TreeSet<>();
        section.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            Matcher word = Pattern.compile("`([a-z_]+)`").matcher(line.substring(0, line.indexOf('|', 1)));
            while (word.find()) {
                words.add(word.group(1));
            }
        });
        return words;
    }

    @Test
    void everyRequestOfTheOperatorsTableIsInTheDocument() {
        JsonNode paths = Contract.read(ApiDocuments.openApi()).get("paths");
        Matcher request = Pattern.compile("^\\| `(GET|POST|DELETE) (/admin/[^`?]*)[`?]", Pattern.MULTILINE)
                .matcher(PROTOCOL);
        Set<String> told = new TreeSet<>();
        while (request.find()) {
            told.add(request.group(1).toLowerCase(Locale.ROOT) + " /api/v1"
                    + request.group(2).split(" ")[0]);
        }
        Set<String> documented = new TreeSet<>();
        paths.properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (path.getKey().startsWith("/api/v1/admin/")) {
                        documented.add(method + " " + path.getKey());
                    }
                }));

        assertThat(documented).isEqualTo(told).hasSizeGreaterThan(7);
    }
}
