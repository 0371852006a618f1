package io.agx.market.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A document as a judge of what was really sent: each message and answer must be what the document says, and nothing beyond it. The document
 * itself says nothing of unknown fields, because clients are to ignore them; here they fail. Also keeps which fields have been seen.
 * Thread-safe.
 */
public final class Contract {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Refusals by what stands before a servlet, which the documents tell of all operations at once. */
    private static final Set<Integer> OF_ANY_OPERATION = Set.of(403, 405, 408, 414, 431, 500);

    private final ObjectNode document;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Set<String> seenFields = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** @param document the text of an OpenAPI or AsyncAPI document */
    public Contract(String document) {
        this.document = (ObjectNode) read(document);
        close(this.document);
    }

    static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && isObjectSchema(object) && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(Contract::close);
    }

    private static boolean isObjectSchema(JsonNode node) {
        return node.path("type").asText().equals("object")
                && node.path("properties").isObject();
    }

    /** The document, with what is not told forbidden. */
    JsonNode document() {
        return document;
    }

    /** A command must be one of the document's. Returns its key. */
    public String command(String message) {
        return message(WireMessage.COMMAND, message);
    }

    /** An event must be one of the document's. Returns its key. */
    public String event(String message) {
        return message(WireMessage.EVENT, message);
    }

    private String message(String kind, String message) {
        JsonNode node = read(message);
        String name = node.path("event").asText();
        boolean isReply = kind.equals(WireMessage.EVENT) && name.equals("ticker") && !node.has("room");
        String key = kind + name + (isReply ? "-reply" : "");
        String pointer = "/components/messages/" + key + "/payload";
        assertThat(document.at(pointer).isObject())
                .as("the document has no " + key + ": " + message)
                .isTrue();
        check(pointer, message);
        seen.add(key);
        return key;
    }

    /** The kinds of message that this fits: it should be one. */
    List<String> fitting(String kind, String message) {
        List<String> fitting = new ArrayList<>();
        document.at("/components/messages").fieldNames().forEachRemaining(key -> {
            if (key.startsWith(kind)
                    && errors("/components/messages/" + key + "/payload", message)
                            .isEmpty()) {
                fitting.add(key);
            }
        });
        return fitting;
    }

    /**
     * An answer of REST must be one of the document's.
     *
     * @param path without its query
     * @param contentType of the answer; null if it has no body
     */
    public void answer(String method, String path, int status, @Nullable String contentType, String body) {
        String template = template(method, path);
        String operation = "/paths/" + escape(template) + "/" + method.toLowerCase(Locale.ROOT);
        String what = method + " " + path + " " + status + " " + contentType;
        JsonNode responses = document.at(operation + "/responses");
        if (!responses.has(Integer.toString(status))) {
            assertThat(OF_ANY_OPERATION).as(what + ": " + body).contains(status);
        }
        String response =
                resolve(operation + "/responses/" + (responses.has(Integer.toString(status)) ? status : "default"));
        seen.add(method + " " + template + " " + status);
        JsonNode content = document.at(response + "/content");
        if (contentType == null) {
            assertThat(content.isMissingNode()).as(what).isTrue();
            return;
        }
        String type = contentType.split(";", 2)[0].strip();
        assertThat(content.has(type)).as(what + " is not among " + content).isTrue();
        if (type.endsWith("json")) {
            check(response + "/content/" + escape(type) + "/schema", body);
        }
        if (type.equals("application/problem+json")) {
            assertThat(read(body).get("status").intValue()).as(what).isEqualTo(status);
        }
    }

    /** A request's body must be as the document says. */
    public void request(String method, String path, String body) {
        String operation = "/paths/" + escape(template(method, path)) + "/" + method.toLowerCase(Locale.ROOT);
        check(operation + "/requestBody/content/application~1json/schema", body);
    }

    private String template(String method, String path) {
        TreeSet<String> fitting = new TreeSet<>();
        document.get("paths").fieldNames().forEachRemaining(template -> {
            String regex = template.replaceAll("\\{[a-z]+}", "[^/]+");
            if (path.matches(regex) && document.get("paths").get(template).has(method.toLowerCase(Locale.ROOT))) {
                fitting.add(template);
            }
        });
        assertThat(fitting).as(method + " " + path).isNotEmpty();
        // One that is told by name goes before one that has a parameter in its place.
        return fitting.stream()
                .filter(template -> !template.contains("{"))
                .findFirst()
                .orElseGet(fitting::first);
    }

    private void check(String pointer, String text) {
        List<String> errors = errors(pointer, text);
        if (!errors.isEmpty()) {
            fail("%s is not what the document says:%n%s%n%s", pointer, String.join("\n", errors), text);
        }
        note(pointer, read(text));
    }

    /** What is wrong with a value, by the schema at this place of the document. */
    List<String> errors(String pointer, String text) {
        return schemas.computeIfAbsent(pointer, this::compile).validate(text, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private Schema compile(String pointer) {
        ObjectNode root = document.deepCopy();
        root.put("$ref", "#" + pointer.replace("{", "%7B").replace("}", "%7D"));
        return registry.getSchema(root.toString(), InputFormat.JSON);
    }

    /** A problem document, of whatever request. */
    public void problem(String body) {
        check("/components/schemas/Problem", body);
    }

    /** The keys of all messages. */
    public Set<String> messageKeys() {
        Set<String> keys = new TreeSet<>();
        document.at("/components/messages").fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** All operations of REST, as {@code GET /path}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /** Which messages, and which answers, have been seen. */
    public Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /** Fields of the document that nothing that was seen had. */
    public Set<String> unseenFields() {
        Set<String> unseen = new TreeSet<>();
        Map<String, JsonNode> all = new TreeMap<>();
        collect("", document, all);
        unseen.addAll(all.keySet());
        unseen.removeAll(seenFields);
        return unseen;
    }

    private void collect(String pointer, JsonNode node, Map<String, JsonNode> all) {
        if (isObjectSchema(node)) {
            node.get("properties")
                    .properties()
                    .forEach(field -> all.put(pointer + "/properties/" + field.getKey(), field.getValue()));
        }
        if (node.isObject()) {
            node.properties().forEach(field -> collect(pointer + "/" + escape(field.getKey()), field.getValue(), all));
        } else {
            for (int i = 0; i < node.size(); i++) {
                collect(pointer + "/" + i, node.get(i), all);
            }
        }
    }

    private void note(String place, JsonNode value) {
        String pointer = resolve(place);
        JsonNode schema = document.at(pointer);
        for (String keyword : List.of("anyOf", "oneOf")) {
            for (int i = 0; i < schema.path(keyword).size(); i++) {
                String alternative = pointer + "/" + keyword + "/" + i;
                if (errors(alternative, value.toString()).isEmpty()) {
                    note(alternative, value);
                }
            }
        }
        if (value.isArray()) {
            for (int i = 0; i < Math.min(value.size(), 50); i++) {
                note(pointer + "/items", value.get(i));
            }
        }
        value.properties().forEach(field -> {
            String property = pointer + "/properties/" + escape(field.getKey());
            if (document.at(property).isObject()) {
                seenFields.add(property);
                note(property, field.getValue());
            }
        });
    }

    /** Where a reference leads. */
    private String resolve(String pointer) {
        JsonNode node = document.at(pointer);
        return node.has("$ref") ? resolve(node.get("$ref").asText().substring(1)) : pointer;
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
