package io.agx.market.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.json.PayloadWriter;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.inbox.MessagePage;
import io.agx.market.server.inbox.SendResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/users/{id}/notifications} sends one message, answered when durable; {@code GET /api/v1/users/me/messages?since&limit&unread}
 * and {@code POST /api/v1/users/me/messages/read} are the token's user's own. Nobody else's messages have a path. Thread-safe.
 */
final class UsersServlet extends JsonServlet {
    private static final long serialVersionUID = 1;
    private static final int DEFAULT_PAGE = 100;
    private static final String ME = "me";
    private static final String DEFAULT_TYPE = "notice";

    private final transient Inbox inbox;

    UsersServlet(HttpAccess access, Inbox inbox) {
        super(access);
        this.inbox = inbox;
    }

    @Override
    protected String allowed() {
        return "GET, HEAD, POST";
    }

    @Override
    protected String cacheControl() {
        return "private, no-store";
    }

    @Override
    protected byte[] body(Query query, HttpServletRequest request) {
        Identity identity = access().require(request);
        List<String> path = path(request);
        if (!path.equals(List.of(ME, "messages"))) {
            throw nothingHere();
        }
        int limit = query.integer("limit", DEFAULT_PAGE);
        if (limit < 1 || limit > InboxLimits.MAX_PAGE) {
            throw HttpProblem.badField("limit", "limit must be 1 to " + InboxLimits.MAX_PAGE + ", was " + limit);
        }
        long since = Objects.requireNonNullElse(query.number("since"), 0L);
        if (since < 0) {
            throw HttpProblem.badField("since", "since must be 0 or higher, was " + since);
        }
        MessagePage page = inbox.messages(identity.userId(), since, limit, query.flag("unread", false));
        return PayloadWriter.messagesBody(new Payload.OfMessages(page.messages()), page.lastSeq(), page.unreadCount());
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<String> path = path(request);
        if (path.equals(List.of(ME, "messages", "read"))) {
            markRead(access().require(request), request, response);
        } else if (path.size() == 2 && path.get(1).equals("notifications")) {
            access().require(request, Scope.NOTIFY);
            if (path.get(0).equals(ME)) {
                throw HttpProblem.badField("userId", "userId must be told: me is the reader, not who is written to");
            }
            notify(path.get(0), request, response);
        } else {
            access().require(request);
            throw nothingHere();
        }
    }

    private void notify(String userId, HttpServletRequest request, HttpServletResponse response) throws IOException {
        JsonNode object = JsonBody.object(request).node();
        SendResult result = InboxAnswers.await(inbox.send(List.of(
                        MessageParser.parse(object, userId, request.getHeader("Idempotency-Key"), DEFAULT_TYPE))))
                .get(0);
        if (result instanceof SendResult.Refused refused) {
            throw InboxAnswers.refused(refused);
        }
        SendResult.Kept kept = (SendResult.Kept) result;
        send(
                response,
                kept.duplicate() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_CREATED,
                InboxAnswers.one(kept));
    }

    private void markRead(Identity identity, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        JsonNode object = JsonBody.object(request).node();
        long toSeq = toSeq(object);
        JsonNode ids = object.get("ids");
        if (ids == null && toSeq == 0) {
            throw HttpProblem.badField("ids", "ids is missing; or say all or toSeq");
        }
        long unread = InboxAnswers.await(inbox.read(identity.userId(), ids(ids), toSeq, null, null))
                .unreadCount();
        send(response, HttpServletResponse.SC_OK, InboxAnswers.number("unread", unread));
    }

    private static long toSeq(JsonNode object) {
        JsonNode all = object.path("all");
        if (!all.isMissingNode() && !all.isNull() && !all.isBoolean()) {
            throw HttpProblem.badField("all", "all must be true or false");
        }
        if (all.booleanValue()) {
            return Long.MAX_VALUE;
        }
        JsonNode toSeq = object.path("toSeq");
        if (toSeq.isMissingNode() || toSeq.isNull()) {
            return 0;
        }
        if (!toSeq.isIntegralNumber() || !toSeq.canConvertToLong() || toSeq.longValue() < 0) {
            throw HttpProblem.badField("toSeq", "toSeq must be an integer, 0 or higher");
        }
        return toSeq.longValue();
    }

    private static List<Long> ids(@Nullable JsonNode ids) {
        if (ids == null || ids.isNull()) {
            return List.of();
        }
        if (!ids.isArray()) {
            throw HttpProblem.badField("ids", "ids must be an array");
        }
        if (ids.size() > ClientCommand.MAX_ELEMENTS) {
            throw HttpProblem.badField(
                    "ids", "ids must have at most " + ClientCommand.MAX_ELEMENTS + " elements, had " + ids.size());
        }
        List<Long> seqs = new ArrayList<>(ids.size());
        for (JsonNode id : ids) {
            try {
                seqs.add(Long.parseLong(id.asText()));
            } catch (NumberFormatException e) {
                throw HttpProblem.badField("ids", "ids[" + seqs.size() + "] is not the id of a message");
            }
        }
        return seqs;
    }

    /** What follows {@code /api/v1/users}, decoded by the container. */
    private static List<String> path(HttpServletRequest request) {
        String path = request.getPathInfo();
        return path == null ? List.of() : List.of(path.substring(1).split("/", -1));
    }

    private static HttpProblem nothingHere() {
        return new HttpProblem(404, ErrorCode.NOT_FOUND, null, "there is nothing at this path");
    }
}
