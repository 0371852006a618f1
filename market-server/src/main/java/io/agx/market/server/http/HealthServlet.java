package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.server.health.Health;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * {@code GET /health/live}: the process answers; {@code /health/ready}: it has recovered, takes trades, serves, and its store answers. Cheap: reads
 * fields, waits for nothing.
 */
final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Supplier<Health.Report> health;

    HealthServlet(Supplier<Health.Report> health) {
        this.health = health;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = String.valueOf(request.getPathInfo());
        if (path.equals("/live")) {
            send(response, 200, "text/plain;charset=utf-8", utf8("live\n"));
        } else if (path.equals("/ready")) {
            Health.Report report = health.get();
            send(response, report.status() == Health.Status.READY ? 200 : 503, "application/json", json(report));
        } else {
            send(response, 404, "text/plain;charset=utf-8", utf8("there are /health/live and /health/ready\n"));
        }
    }

    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", "GET, HEAD");
        send(response, 405, "text/plain;charset=utf-8", utf8("TRACE is not supported\n"));
    }

    private static byte[] json(Health.Report report) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            json.writeStringField("status", report.status().code());
            json.writeArrayFieldStart("parts");
            for (Health.Part part : report.parts()) {
                json.writeStartObject();
                json.writeStringField("name", part.name());
                json.writeBooleanField("ok", part.ok());
                json.writeStringField(
                        "since", Instant.ofEpochMilli(part.sinceTimeMillis()).toString());
                if (!part.ok()) {
                    json.writeStringField("reason", part.reason());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
