package io.agx.market.server.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agx.market.server.identity.Scope;
import java.util.Arrays;

/** One method of one path, while it is described. Not thread-safe. */
final class Operation {
    private static final String JSON = "application/json";

    private final ObjectNode node = JsonNodeFactory.instance.objectNode();

    Operation(String tag, String id, String summary, String description) {
        node.putArray("tags").add(tag);
        node.put("operationId", id).put("summary", summary).put("description", description);
    }

    /** Reading that is open to anyone, unless the server is set to need a token. */
    Operation open() {
        node.putArray("security").addObject();
        node.withArray("security").addObject().putArray("token");
        return this;
    }

    /** Needs a token, whatever it allows. */
    Operation ofUser() {
        node.putArray("security").addObject().putArray("token");
        return this;
    }

    /** Needs a token with this scope. */
    Operation needs(Scope scope) {
        node.putArray("security").addObject().putArray("token").add(scope.code());
        return this;
    }

    /** Needs no token at all. */
    Operation free() {
        node.putArray("security");
        return this;
    }

    Operation query(String name, boolean required, String description, Schema schema) {
        return parameter("query", name, required, description, schema);
    }

    Operation path(String name, String description, Schema schema) {
        return parameter("path", name, true, description, schema);
    }

    Operation header(String name, String description, Schema schema) {
        return parameter("header", name, false, description, schema);
    }

    private Operation parameter(String in, String name, boolean required, String description, Schema schema) {
        ObjectNode parameter = node.withArray("parameters").addObject();
        parameter.put("name", name).put("in", in).put("required", required).put("description", description);
        parameter.set("schema", schema.json());
        return this;
    }

    /** A body; called again it adds another media type. */
    Operation body(String type, boolean required, Schema schema) {
        ObjectNode body = node.withObject("/requestBody");
        body.put("required", required);
        ObjectNode content = body.get("content") instanceof ObjectNode known ? known : body.putObject("content");
        content.putObject(type).set("schema", schema.json());
        return this;
    }

    Operation body(Schema schema) {
        return body(JSON, true, schema);
    }

    Operation answer(int status, String description, Schema schema) {
        return answer(status, description, JSON, schema);
    }

    Operation answer(int status, String description, String type, Schema schema) {
        responses()
                .putObject(Integer.toString(status))
                .put("description", description)
                .putObject("content")
                .putObject(type)
                .set("schema", schema.json());
        return this;
    }

    /** An answer that can be kept and asked for again by its tag. */
    Operation tagged(String description, Schema schema) {
        answer(200, description, schema);
        ObjectNode headers = ((ObjectNode) responses().get("200")).putObject("headers");
        headers.putObject("ETag").put("$ref", "#/components/headers/ETag");
        node.withArray("parameters").addObject().put("$ref", "#/components/parameters/IfNoneMatch");
        responses().putObject("304").put("$ref", "#/components/responses/NotModified");
        return this;
    }

    /** Refusals that are told as problem documents. */
    Operation problems(int... statuses) {
        Arrays.stream(statuses)
                .forEach(status -> responses()
                        .putObject(Integer.toString(status))
                        .put("$ref", "#/components/responses/Problem" + status));
        responses().putObject("default").put("$ref", "#/components/responses/Problem");
        return this;
    }

    private ObjectNode responses() {
        return node.get("responses") instanceof ObjectNode known ? known : node.putObject("responses");
    }

    ObjectNode json() {
        return node;
    }
}
