package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.json.PayloadWriter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all REST resources share: answers with an entity tag, and problems. Thread-safe. */
abstract class JsonServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(JsonServlet.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final transient HttpAccess access;

    /** @param access who may read, and who may write */
    JsonServlet(HttpAccess access) {
        this.access = access;
    }

    /** Who may read, and who may write. */
    protected final HttpAccess access() {
        return access;
    }

    /** Answers a GET request. */
    protected Payload read(Query query, HttpServletRequest request) {
        throw new HttpProblem(405, ErrorCode.NOT_SUPPORTED, null, "GET is not supported here");
    }

    /** The body that answers a GET request, where it is not a payload alone. */
    protected byte[] body(Query query, HttpServletRequest request) {
        return PayloadWriter.toBytes(read(query, request));
    }

    /** Who may keep the answer of a GET request. */
    protected String cacheControl() {
        return "no-cache";
    }

    /** Answers a POST request. */
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", allowed());
        throw new HttpProblem(405, ErrorCode.NOT_SUPPORTED, null, "POST is not supported here");
    }

    /** The methods, as the header {@code Allow} of a 405 tells them. */
    protected String allowed() {
        return "GET, HEAD";
    }

    @Override
    protected final void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!allowed().startsWith("GET")) {
            refuseMethod(request, response);
            return;
        }
        answer(request, response, () -> {
            access.requireRead(request);
            sendTagged(request, response, body(new Query(request), request), cacheControl());
        });
    }

    @Override
    protected final void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        answer(request, response, () -> write(request, response));
    }

    @Override
    protected final void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refuseMethod(request, response);
    }

    @Override
    protected final void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refuseMethod(request, response);
    }

    /** TRACE would send a request's headers back, tokens among them. */
    @Override
    protected final void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refuseMethod(request, response);
    }

    private void refuseMethod(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", allowed());
        answer(request, response, () -> {
            throw new HttpProblem(405, ErrorCode.NOT_SUPPORTED, null, request.getMethod() + " is not supported here");
        });
    }

    /** Something that may end in a problem. */
    interface Action {
        void run() throws IOException;
    }

    static void answer(HttpServletRequest request, HttpServletResponse response, Action action) throws IOException {
        try {
            action.run();
        } catch (ProtocolException e) {
            sendProblem(response, HttpProblem.of(e));
        } catch (HttpProblem e) {
            sendProblem(response, e);
        } catch (RuntimeException e) {
            LOG.error("request failed: method={} path={}", request.getMethod(), request.getRequestURI(), e);
            sendProblem(
                    response,
                    new HttpProblem(500, ErrorCode.INTERNAL, null, "the server failed; the fault is its own"));
        }
    }

    static void send(HttpServletResponse response, int status, byte[] json) throws IOException {
        send(response, status, "application/json", json);
    }

    static void send(HttpServletResponse response, int status, String type, byte[] json) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }

    static JsonGenerator generator(ByteArrayOutputStream out) throws IOException {
        return JSON.createGenerator(out);
    }

    private static void sendTagged(
            HttpServletRequest request, HttpServletResponse response, byte[] body, String cacheControl)
            throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(body);
        String tag = "W/\"" + Long.toHexString(crc.getValue()) + "-" + Integer.toHexString(body.length) + "\"";
        response.setHeader("ETag", tag);
        response.setHeader("Cache-Control", cacheControl);
        if (matches(request.getHeader("If-None-Match"), tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        LongAnswer.send(request, response, body);
    }

    /** RFC 9110 section 13.1.2: a list of tags, compared weakly, or any. */
    private static boolean matches(@Nullable String header, String tag) {
        if (header == null) {
            return false;
        }
        for (String each : header.split(",", -1)) {
            String known = each.strip();
            if (known.equals("*") || strong(known).equals(strong(tag))) {
                return true;
            }
        }
        return false;
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** RFC 6750 section 3: what is needed, and what is wrong with the token if one came. */
    private static String challenge(ErrorCode code) {
        return switch (code) {
            case NOT_AUTHENTICATED -> "Bearer";
            case FORBIDDEN -> "Bearer error=\"insufficient_scope\"";
            default -> "Bearer error=\"invalid_token\"";
        };
    }

    private static void sendProblem(HttpServletResponse response, HttpProblem e) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        if (e.retryAfterSeconds() > 0) {
            response.setIntHeader("Retry-After", e.retryAfterSeconds());
        }
        if (e.status() == HttpServletResponse.SC_UNAUTHORIZED || e.status() == HttpServletResponse.SC_FORBIDDEN) {
            response.setHeader("WWW-Authenticate", challenge(e.problem().code()));
            // What it wanted to send is not read: the connection cannot be used again, and the client is to know.
            response.setHeader("Connection", "close");
        }
        send(response, e.status(), ProblemDocument.TYPE, ProblemDocument.bytes(e.status(), e.problem()));
    }
}
