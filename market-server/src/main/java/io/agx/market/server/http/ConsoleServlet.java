package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The page at {@code /}: a fixed list of files out of the jar, and nothing else, so that no path can lead anywhere else.
 * Thread-safe.
 */
final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final Map<String, String> TYPES = Map.of(
            "/index.html", "text/html;charset=utf-8",
            "/app.js", "text/javascript;charset=utf-8",
            "/style.css", "text/css;charset=utf-8");

    private final transient ConcurrentHashMap<String, byte[]> files = new ConcurrentHashMap<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        String file = path.isEmpty() || path.equals("/") ? "/index.html" : path;
        String type = TYPES.get(file);
        response.setHeader(SecurityHeaders.POLICY, SecurityHeaders.POLICY_OF_PAGES);
        if (type == null) {
            JsonServlet.answer(request, response, () -> {
                throw new HttpProblem(404, ErrorCode.NOT_FOUND, null, "there is nothing at this path");
            });
            return;
        }
        byte[] body = files.computeIfAbsent(file, ConsoleServlet::load);
        response.setContentType(type);
        response.setHeader("Cache-Control", "no-cache");
        LongAnswer.send(request, response, body);
    }

    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Allow", "GET, HEAD");
        response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }

    private static byte[] load(String file) {
        try (InputStream in = ConsoleServlet.class.getResourceAsStream("/console" + file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks the page /console" + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the page /console" + file + " cannot be read", e);
        }
    }
}
