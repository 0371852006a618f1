package io.agx.market.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.inbox.SendResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/notifications}: a JSON array of messages to users, each with its {@code userId}; one result for each, in order, once all that
 * were kept are durable. Thread-safe.
 */
final class NotificationsServlet extends JsonServlet {
    /** Bytes of one request: room for 1,000 messages of 1,000 bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final long serialVersionUID = 1;

    private final transient Inbox inbox;

    NotificationsServlet(HttpAccess access, Inbox inbox) {
        super(access);
        this.inbox = inbox;
    }

    @Override
    protected String allowed() {
        return "POST";
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        access().require(request, Scope.NOTIFY);
        JsonNode array = JsonBody.array(request, MAX_BYTES);
        if (array.size() > InboxLimits.MAX_BATCH) {
            throw new HttpProblem(
                    413,
                    ErrorCode.TOO_LARGE,
                    null,
                    "a request may have " + InboxLimits.MAX_BATCH + " messages, had " + array.size());
        }
        List<@Nullable SendResult> results = new ArrayList<>(array.size());
        List<UserMessage> messages = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            try {
                messages.add(MessageParser.parse(element, null, null, "notice"));
                results.add(null);
            } catch (HttpProblem e) {
                results.add(
                        new SendResult.Refused(e.problem().code(), e.problem().message()));
            }
        }
        List<SendResult> sent = messages.isEmpty() ? List.of() : InboxAnswers.await(inbox.send(messages));
        List<SendResult> merged = new ArrayList<>(results.size());
        int next = 0;
        for (SendResult refused : results) {
            merged.add(refused == null ? sent.get(next++) : refused);
        }
        send(response, HttpServletResponse.SC_OK, InboxAnswers.many(merged));
    }
}
