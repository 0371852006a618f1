package io.agx.market.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.admin.Admin;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.subscriber.ConnectionFigures;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/admin/*}, for tokens with scope {@code admin}: {@code GET rooms}, {@code connections}, {@code ends} and {@code stats};
 * {@code POST drain}; {@code POST}, {@code GET} and {@code DELETE connections/{id}/trace}. Who may not is answered before anything is looked
 * up. Thread-safe.
 */
final class AdminServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int DEFAULT_LIMIT = 100;
    private static final String CONNECTION = "/connections/";
    private static final String TRACE = "/trace";

    private final transient Admin admin;
    private final transient HttpAccess access;

    AdminServlet(Admin admin, HttpAccess access) {
        this.admin = admin;
        this.access = access;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        asAdmin(request, response, userId -> {
            Query query = new Query(request);
            String path = path(request);
            Optional<String> traced = tracedConnection(path);
            if (traced.isPresent()) {
                return AdminJson.trace(admin.trace(userId, traced.get(), number(query, "after")));
            }
            return switch (path) {
                case "/rooms" -> AdminJson.rooms(admin.rooms(query.integer("limit", DEFAULT_LIMIT)));
                case "/connections" ->
                    AdminJson.connections(admin.connections(order(query), query.integer("limit", DEFAULT_LIMIT)));
                case "/ends" -> AdminJson.ends(admin.ends());
                case "/stats" -> AdminJson.stats(admin.stats(number(query, "after")));
                case "/drain", "/reload" -> throw notSupported(request, response, "POST");
                default -> throw nothingHere();
            };
        });
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        asAdmin(request, response, userId -> {
            String path = path(request);
            Optional<String> traced = tracedConnection(path);
            if (traced.isPresent()) {
                admin.startTrace(userId, traced.get());
                return AdminJson.EMPTY;
            }
            return switch (path) {
                case "/drain" -> drain(request, userId);
                case "/reload" -> AdminJson.reloaded(admin.reload(userId));
                case "/rooms", "/connections", "/ends", "/stats" -> throw notSupported(request, response, "GET, HEAD");
                default -> throw nothingHere();
            };
        });
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        asAdmin(request, response, userId -> {
            Optional<String> traced = tracedConnection(path(request));
            if (traced.isEmpty()) {
                throw notSupported(request, response, "GET, HEAD, POST");
            }
            admin.stopTrace(userId, traced.get());
            return AdminJson.EMPTY;
        });
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        asAdmin(request, response, userId -> {
            throw notSupported(request, response, "GET, HEAD, POST, DELETE");
        });
    }

    /** TRACE would send a request's headers back, tokens among them. */
    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
        doPut(request, response);
    }

    /** Answers who has shown that it may. */
    private interface Answer {
        byte[] to(String userId) throws IOException;
    }

    private void asAdmin(HttpServletRequest request, HttpServletResponse response, Answer answer) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        JsonServlet.answer(request, response, () -> {
            String userId = access.require(request, Scope.ADMIN).userId();
            JsonServlet.send(response, HttpServletResponse.SC_OK, answer.to(userId));
        });
    }

    private byte[] drain(HttpServletRequest request, String userId) throws IOException {
        @Nullable Integer rate = null;
        @Nullable String url = null;
        Optional<JsonBody> body = JsonBody.optionalObject(request);
        if (body.isPresent()) {
            rate = body.get().has("rate") ? integer(body.get().required("rate")) : null;
            url = body.get().has("url") ? body.get().text("url") : null;
        }
        return AdminJson.drained(admin.drain(userId, rate, url));
    }

    private static int integer(JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw HttpProblem.badField("rate", "rate must be an integer");
        }
        return node.intValue();
    }

    private static ConnectionFigures.Order order(Query query) {
        String text = query.text("sort", "waiting");
        return Arrays.stream(ConnectionFigures.Order.values())
                .filter(order -> order.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> HttpProblem.badField(
                        "sort",
                        "sort must be waiting, conflated, dropped, opened or rtt, was \"" + Texts.clip(text) + "\""));
    }

    private static long number(Query query, String name) {
        Long value = query.number(name);
        return value == null ? 0 : value;
    }

    private static String path(HttpServletRequest request) {
        String path = request.getPathInfo();
        return path == null ? "" : path;
    }

    /** The id in {@code /connections/{id}/trace}. */
    private static Optional<String> tracedConnection(String path) {
        return path.startsWith(CONNECTION)
                        && path.endsWith(TRACE)
                        && path.length() > CONNECTION.length() + TRACE.length()
                ? Optional.of(path.substring(CONNECTION.length(), path.length() - TRACE.length()))
                : Optional.empty();
    }

    private static HttpProblem nothingHere() {
        return new HttpProblem(404, ErrorCode.NOT_FOUND, null, "there is nothing at this path");
    }

    private static HttpProblem notSupported(HttpServletRequest request, HttpServletResponse response, String allowed) {
        response.setHeader("Allow", allowed);
        return new HttpProblem(405, ErrorCode.NOT_SUPPORTED, null, request.getMethod() + " is not supported here");
    }
}
