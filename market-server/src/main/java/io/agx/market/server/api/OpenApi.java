package io.agx.market.server.api;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** REST as an OpenAPI 3.1 document. Pure functions. */
public final class OpenApi {
    private static final Map<Integer, String> PROBLEMS = new TreeMap<>(Map.ofEntries(
            entry(400, "The request or a field of it is wrong."),
            entry(401, "It needs a token, or the token is not good."),
            entry(403, "The token, or the page's origin, does not allow it."),
            entry(404, "It is not there."),
            entry(408, "The body was not whole in time."),
            entry(409, "It is there already, or is somebody else's."),
            entry(413, "The body, or what is in it, is larger than allowed."),
            entry(415, "The body is encoded in a way that is not taken."),
            entry(429, "Too many requests."),
            entry(503, "It is not taken now; the same may be sent again."),
            entry(507, "The disk is full; the same may be sent again.")));

    private static final String RETRY_AFTER = "Retry-After";

    private OpenApi() {}

    /** The document as JSON text. */
    public static String document(RestLimits limits) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("openapi", "3.1.0");
        Documents.addInfo(
                document,
                "market: REST",
                "The same payloads and the same `seq` as the rooms of the WebSocket. Every refusal is a problem document (RFC 9457) with a stable"
                        + " `code`. `GET` is also `HEAD`. Unknown fields and parameters are ignored, by both sides. What the words mean:"
                        + " market-core/doc/PROTOCOL.md. The WebSocket, at `/ws`: /api/v1/asyncapi.json.");
        ObjectNode server = document.putArray("servers").addObject();
        server.put("url", "{origin}")
                .put("description", "Scheme, host and port; of a web application also its context path.");
        server.putObject("variables").putObject("origin").put("default", "http://localhost:8080");
        tags(document.putArray("tags"));
        ObjectNode paths = document.putObject("paths");
        RestOperations.all(limits).forEach((path, methods) -> {
            ObjectNode item = paths.putObject(path);
            methods.forEach((method, operation) -> item.set(method, operation.json()));
        });
        addComponents(document.putObject("components"));
        return Documents.text(document);
    }

    private static void tags(ArrayNode tags) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "market", "Instruments, tickers, candles and trades.",
                "publish", "Trades and quotes of one's own.",
                "messages", "Private messages of users.",
                "operators", "What the gateway does; scope `admin`.",
                "server", "The server itself."));
        all.forEach((name, description) -> tags.addObject().put("name", name).put("description", description));
    }

    private static void addComponents(ObjectNode components) {
        ObjectNode schemas = Documents.addSchemas(components);
        Documents.addAll(schemas, RestSchemas.all());
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT")
                .put("description", "A signed JSON Web Token; the names beside it are the scopes that it must have.");
        ObjectNode headers = components.putObject("headers");
        header(headers, "ETag", "Names this very answer.", Schema.text("A weak entity tag."));
        header(headers, RETRY_AFTER, "When the same may be sent again.", Schema.integer("Seconds.", 0));
        header(headers, "WWW-Authenticate", "What is needed: RFC 6750.", Schema.text("A challenge."));
        ObjectNode parameter = components.putObject("parameters").putObject("IfNoneMatch");
        parameter
                .put("name", "If-None-Match")
                .put("in", "header")
                .put("required", false)
                .put("description", "Tags of answers that are known already.");
        parameter.set("schema", Schema.text("A list of entity tags.").json());
        ObjectNode responses = components.putObject("responses");
        ObjectNode notModified = responses.putObject("NotModified");
        notModified.put("description", "The answer is the one that is known.");
        notModified.putObject("headers").putObject("ETag").put("$ref", "#/components/headers/ETag");
        PROBLEMS.forEach((status, description) -> problem(responses, Integer.toString(status), description));
        problem(
                responses,
                "",
                "Any other refusal: of a method (405), an address (414), a head (431), or a fault (500).");
    }

    private static void problem(ObjectNode responses, String status, String description) {
        ObjectNode problem = responses.putObject("Problem" + status);
        problem.put("description", description);
        switch (status) {
            case "401", "403" -> refToHeader(problem, "WWW-Authenticate");
            case "429", "503", "507" -> refToHeader(problem, RETRY_AFTER);
            default -> {
                // No header of its own.
            }
        }
        problem.putObject("content")
                .putObject("application/problem+json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
    }

    private static void refToHeader(ObjectNode problem, String name) {
        problem.putObject("headers").putObject(name).put("$ref", "#/components/headers/" + name);
    }

    private static void header(ObjectNode headers, String name, String description, Schema schema) {
        ObjectNode header = headers.putObject(name);
        header.put("description", description);
        header.set("schema", schema.json());
    }
}
