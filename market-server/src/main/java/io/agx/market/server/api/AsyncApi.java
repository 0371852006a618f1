package io.agx.market.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ServerEvent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The WebSocket as an AsyncAPI 3.0 document, from the server's side: it receives commands and sends events. Pure functions. */
public final class AsyncApi {
    private static final String CHANNEL = "market";
    private static final String CHANNEL_REF = "#/channels/" + CHANNEL;

    /** Events that answer a command, and come without one too. */
    private static final Set<String> ALSO_UNASKED = Set.of(
            "event-ticker",
            "event-kline",
            "event-trade",
            "event-error",
            "event-auth",
            "event-subscribed",
            "event-ev_new_message",
            "event-ev_read_status");

    private AsyncApi() {}

    /** The document as JSON text. */
    public static String document() {
        List<CommandMessages.Command> commands = CommandMessages.all();
        List<WireMessage> events = EventMessages.all();
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("asyncapi", "3.0.0");
        Documents.addInfo(
                document,
                "market: WebSocket",
                "Rooms of market data, exact and without holes. One text frame is one JSON object; fields and events that are not known are"
                        + " ignored, by both sides. A field with value null counts as absent. Beside these messages the text frame"
                        + " `PING` is answered by the text frame `PONG`. What the words mean, and what is promised: market-core/doc/PROTOCOL.md."
                        + " REST: /api/v1/openapi.json.");
        document.put("defaultContentType", "application/json");
        addServers(document);
        addChannel(document, commands, events);
        addOperations(document, commands, events);
        ObjectNode components = document.putObject("components");
        ObjectNode messages = components.putObject("messages");
        commands.forEach(command -> addMessage(messages, command.message()));
        events.forEach(event -> addMessage(messages, event));
        ObjectNode schemas = Documents.addSchemas(components);
        Documents.addAll(schemas, CommandMessages.schemas());
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT")
                .put(
                        "description",
                        "In the header of the handshake, among the subprotocols (`bearer.<token>`), in the query, or by the command `auth`.");
        return Documents.text(document);
    }

    private static void addServers(ObjectNode document) {
        ObjectNode servers = document.putObject("servers");
        servers.putObject("plain")
                .put("host", "localhost:8080")
                .put("protocol", "ws")
                .put("description", "As `bin/market serve` starts it.");
        servers.putObject("encrypted")
                .put("host", "market.example.org")
                .put("protocol", "wss")
                .put("description", "With `--tls-cert`, or behind a proxy.");
    }

    private static void addChannel(
            ObjectNode document, List<CommandMessages.Command> commands, List<WireMessage> events) {
        ObjectNode channel = document.putObject("channels").putObject(CHANNEL);
        channel.put("address", "/ws")
                .put("title", "The WebSocket")
                .put(
                        "description",
                        "Subprotocol `" + ServerEvent.PROTOCOL
                                + "`, also when none is offered. `x-close-codes` are the codes with which it ends, and whether a client comes back by"
                                + " itself; a code that is not among them, and an end without one ("
                                + CloseCode.ABNORMAL
                                + "), mean yes.");
        ObjectNode messages = channel.putObject("messages");
        commands.forEach(command -> refTo(messages, command.message().key()));
        events.forEach(event -> refTo(messages, event.key()));
        ObjectNode binding = channel.putObject("bindings").putObject("ws");
        binding.put("method", "GET");
        binding.set(
                "query",
                Schema.object("What a handshake may bring.")
                        .mayHave(
                                "rooms",
                                Schema.text("Names of rooms to join at once, with commas between; `+` as %2B."))
                        .mayHave("token", Schema.text("A token; the header is more private."))
                        .json());
        binding.set(
                "headers",
                Schema.object("What a handshake may bring.")
                        .mayHave("Authorization", Schema.text("`Bearer <token>`"))
                        .json());
        binding.put("bindingVersion", "0.1.0");
        ArrayNode codes = channel.putArray("x-close-codes");
        for (CloseCode code : CloseCode.values()) {
            codes.addObject()
                    .put("code", code.code())
                    .put("reconnect", code.reconnect())
                    .put("meaning", code.sentence());
        }
    }

    private static void refTo(ObjectNode messages, String key) {
        messages.putObject(key).put("$ref", "#/components/messages/" + key);
    }

    private static void addOperations(
            ObjectNode document, List<CommandMessages.Command> commands, List<WireMessage> events) {
        ObjectNode operations = document.putObject("operations");
        TreeSet<String> replies = new TreeSet<>();
        for (CommandMessages.Command command : commands) {
            WireMessage message = command.message();
            ObjectNode operation = operation(operations, message.event(), "receive", message);
            ObjectNode reply = operation.putObject("reply");
            reply.putObject("channel").put("$ref", CHANNEL_REF);
            ArrayNode messages = reply.putArray("messages");
            command.replies().forEach(key -> messages.addObject().put("$ref", messageRef(key)));
            replies.addAll(command.replies());
        }
        for (WireMessage event : events) {
            if (ALSO_UNASKED.contains(event.key()) || !replies.contains(event.key())) {
                operation(operations, "send-" + event.key().substring(WireMessage.EVENT.length()), "send", event);
            }
        }
    }

    private static ObjectNode operation(ObjectNode operations, String name, String action, WireMessage message) {
        ObjectNode operation = operations.putObject(name);
        operation.put("action", action);
        operation.putObject("channel").put("$ref", CHANNEL_REF);
        operation.put("summary", message.title() + ".");
        operation.putArray("messages").addObject().put("$ref", messageRef(message.key()));
        return operation;
    }

    private static String messageRef(String key) {
        return CHANNEL_REF + "/messages/" + key;
    }

    private static void addMessage(ObjectNode messages, WireMessage message) {
        ObjectNode node = messages.putObject(message.key());
        node.put("name", message.event()).put("title", message.title()).put("contentType", "application/json");
        node.set("payload", message.payload().json());
    }
}
