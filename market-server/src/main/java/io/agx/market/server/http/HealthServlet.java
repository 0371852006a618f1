package io.agx.market.server.http;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code GET /health/live}: the process answers; {@code /health/ready}: it takes trades and serves. Cheap: reads fields, waits for
 * nothing.
 */
final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Supplier<Optional<String>> notReady;

    /** @param notReady why the server is not ready, or nothing if it is */
    HealthServlet(Supplier<Optional<String>> notReady) {
        this.notReady = notReady;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = String.valueOf(request.getPathInfo());
        if (path.equals("/live")) {
            send(response, 200, "live");
        } else if (path.equals("/ready")) {
            Optional<String> reason = notReady.get();
            send(response, reason.isPresent() ? 503 : 200, reason.orElse("ready"));
        } else {
            send(response, 404, "there are /health/live and /health/ready");
        }
    }

    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", "GET, HEAD");
        send(response, 405, "TRACE is not supported");
    }

    private static void send(HttpServletResponse response, int status, String line) throws IOException {
        byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("text/plain;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
