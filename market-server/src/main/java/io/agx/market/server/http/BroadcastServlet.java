package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.inbox.SendResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code POST /api/v1/broadcast}: a notice to every connection, in room {@code system}; with {@code "store": true} also a message to every known
 * user, answered when all are durable. Thread-safe.
 */
final class BroadcastServlet extends JsonServlet {
    private static final long serialVersionUID = 1;
    private static final String DEFAULT_TYPE = "broadcast";
    /** Each may have 4,000 characters of content: half a megabyte waits at once. */
    private static final int CHUNK = 100;

    private final transient Inbox inbox;
    private final transient Consumer<String> toAll;

    /** @param toAll sends a notice to every connection */
    BroadcastServlet(HttpAccess access, Inbox inbox, Consumer<String> toAll) {
        super(access);
        this.inbox = inbox;
        this.toAll = toAll;
    }

    @Override
    protected String allowed() {
        return "POST";
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        access().require(request, Scope.NOTIFY);
        JsonNode object = JsonBody.object(request).node();
        JsonNode store = object.path("store");
        if (!store.isMissingNode() && !store.isNull() && !store.isBoolean()) {
            throw HttpProblem.badField("store", "store must be true or false");
        }
        // Checked as a message to someone, so that what is stored for all is valid for each.
        UserMessage message =
                MessageParser.parse(object, "everyone", request.getHeader("Idempotency-Key"), DEFAULT_TYPE);
        long kept = 0;
        long duplicates = 0;
        if (store.booleanValue()) {
            // First what can fail: who is told of an error sends it again.
            Iterator<String> users = inbox.knownUsers().iterator();
            while (users.hasNext()) {
                List<UserMessage> chunk = new ArrayList<>(CHUNK);
                while (users.hasNext() && chunk.size() < Math.min(CHUNK, InboxLimits.MAX_BATCH)) {
                    chunk.add(message.to(users.next()));
                }
                for (SendResult result : InboxAnswers.await(inbox.send(chunk))) {
                    if (result instanceof SendResult.Refused refused) {
                        throw InboxAnswers.refused(refused);
                    }
                    duplicates += ((SendResult.Kept) result).duplicate() ? 1 : 0;
                    kept++;
                }
            }
        }
        toAll.accept(message.content().isEmpty() ? message.title() : message.title() + ": " + message.content());
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            json.writeNumberField("stored", kept - duplicates);
            json.writeNumberField("duplicates", duplicates);
            json.writeEndObject();
        }
        send(response, HttpServletResponse.SC_OK, out.toByteArray());
    }
}
