package io.agx.market.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One JSON Schema while it is described. It uses only what means the same in drafts 7 (AsyncAPI 3.0) and 2020-12 (OpenAPI 3.1), and says
 * nothing of unknown fields: the protocol ignores them. Not thread-safe.
 */
final class Schema {
    /** What references to the components begin with. */
    static final String REF = "#/components/schemas/";

    private final ObjectNode node = JsonNodeFactory.instance.objectNode();

    private Schema() {}

    private static Schema of(String type, String description) {
        Schema schema = new Schema();
        schema.node.put("type", type).put("description", description);
        return schema;
    }

    /** The schema of this name, which both documents have among their components. */
    static Schema ref(String name) {
        Schema schema = new Schema();
        schema.node.put("$ref", REF + name);
        return schema;
    }

    static Schema text(String description) {
        return of("string", description);
    }

    /** A string with a length, in characters. */
    static Schema text(String description, int least, int most) {
        Schema schema = text(description);
        schema.node.put("minLength", least).put("maxLength", most);
        return schema;
    }

    /** A string that matches this regular expression as a whole. */
    static Schema pattern(String description, String pattern) {
        Schema schema = text(description);
        schema.node.put("pattern", "^(?:" + pattern + ")$");
        return schema;
    }

    /** One of these strings. */
    static Schema oneOf(String description, List<String> values) {
        Schema schema = text(description);
        ArrayNode all = schema.node.putArray("enum");
        values.forEach(all::add);
        return schema;
    }

    /** This string and no other. */
    static Schema constant(String value) {
        Schema schema = new Schema();
        schema.node.put("type", "string").put("const", value);
        return schema;
    }

    /** This truth and no other. */
    static Schema constant(boolean value) {
        Schema schema = new Schema();
        schema.node.put("type", "boolean").put("const", value);
        return schema;
    }

    /** An integer of 64 bits. */
    static Schema integer(String description) {
        Schema schema = of("integer", description);
        schema.node.put("format", "int64");
        return schema;
    }

    /** An integer of this value or higher. */
    static Schema integer(String description, long least) {
        Schema schema = integer(description);
        schema.node.put("minimum", least);
        return schema;
    }

    static Schema integer(String description, long least, long most) {
        Schema schema = integer(description, least);
        schema.node.put("maximum", most);
        return schema;
    }

    /** A number that may have decimals. */
    static Schema number(String description) {
        Schema schema = of("number", description);
        schema.node.put("minimum", 0);
        return schema;
    }

    static Schema flag(String description) {
        return of("boolean", description);
    }

    /** A string, or {@code null} where there is none. */
    static Schema textOrNull(String description) {
        Schema schema = text(description);
        schema.node.putArray("type").add("string").add("null");
        return schema;
    }

    /** Milliseconds with decimals, or {@code null} where there are none. */
    static Schema numberOrNull(String description) {
        Schema schema = number(description);
        schema.node.putArray("type").add("number").add("null");
        return schema;
    }

    static Schema array(String description, Schema items) {
        Schema schema = of("array", description);
        schema.node.set("items", items.node);
        return schema;
    }

    /** An array with a number of elements. */
    static Schema array(String description, Schema items, int least, int most) {
        Schema schema = array(description, items);
        schema.node.put("minItems", least).put("maxItems", most);
        return schema;
    }

    static Schema object(String description) {
        return of("object", description);
    }

    /** An object whose fields have any names, and values of one kind. */
    static Schema map(String description, Schema values) {
        Schema schema = object(description);
        schema.node.set("additionalProperties", values.node);
        return schema;
    }

    /** What fits at least one of these. */
    static Schema anyOf(String description, Schema... alternatives) {
        return alternatives("anyOf", description, alternatives);
    }

    /** What fits exactly one of these. */
    static Schema exactlyOne(String description, Schema... alternatives) {
        return alternatives("oneOf", description, alternatives);
    }

    private static Schema alternatives(String keyword, String description, Schema... alternatives) {
        Schema schema = new Schema();
        schema.node.put("description", description);
        ArrayNode all = schema.node.putArray(keyword);
        for (Schema each : alternatives) {
            all.add(each.node);
        }
        return schema;
    }

    /** Any JSON value. */
    static Schema anything(String description) {
        Schema schema = new Schema();
        schema.node.put("description", description);
        return schema;
    }

    /** Adds a field that is always there. */
    Schema has(String name, Schema field) {
        node.withArray("required").add(name);
        return mayHave(name, field);
    }

    /** Adds a field that may be left out. */
    Schema mayHave(String name, Schema field) {
        node.withObject("/properties").set(name, field.node);
        return this;
    }

    Schema example(String example) {
        node.withArray("examples").add(example);
        return this;
    }

    Schema otherwise(long value) {
        node.put("default", value);
        return this;
    }

    Schema otherwise(boolean value) {
        node.put("default", value);
        return this;
    }

    Schema otherwise(String value) {
        node.put("default", value);
        return this;
    }

    /** The schema as JSON; not to be changed. */
    ObjectNode json() {
        return node;
    }
}
