package io.agx.market.server.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What both documents share. Pure functions. */
final class Documents {
    /** The version of the protocol that they describe: the newest of PROTOCOL.md's history. */
    static final String VERSION = "0.1.0";

    private Documents() {}

    /** Puts the schemas that both documents have into their components. */
    static ObjectNode addSchemas(ObjectNode components) {
        ObjectNode schemas = components.putObject("schemas");
        addAll(schemas, ValueSchemas.all());
        addAll(schemas, PayloadSchemas.all());
        addAll(schemas, EventMessages.schemas());
        return schemas;
    }

    static void addAll(ObjectNode schemas, Map<String, Schema> more) {
        more.forEach((name, schema) -> schemas.set(name, schema.json()));
    }

    static void addInfo(ObjectNode document, String title, String description) {
        ObjectNode info = document.putObject("info");
        info.put("title", title).put("version", VERSION).put("description", description);
        info.putObject("license").put("name", "Apache-2.0").put("url", "https://www.apache.org/licenses/LICENSE-2.0");
    }

    /** JSON in lines of their own, the same on every system. */
    static String text(ObjectNode document) {
        leaveOutUnused(document);
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(lines)
                .withArrayIndenter(lines);
        try {
            return JsonMapper.builder().build().writer(printer).writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was built is always JSON", e);
        }
    }

    /** Schemas that nothing refers to: those of the other document. */
    private static void leaveOutUnused(ObjectNode document) {
        ObjectNode schemas = (ObjectNode) document.at("/components/schemas");
        boolean changed = true;
        while (changed) {
            Set<String> used = new HashSet<>(document.findValuesAsText("$ref"));
            List<String> unused = new ArrayList<>();
            schemas.fieldNames().forEachRemaining(name -> {
                if (!used.contains(Schema.REF + name)) {
                    unused.add(name);
                }
            });
            schemas.remove(unused);
            changed = !unused.isEmpty();
        }
    }
}
