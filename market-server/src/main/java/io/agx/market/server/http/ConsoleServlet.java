package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page at {@code /}: files out of two folders of the jar, by names that cannot lead out of them, and nothing else. Thread-safe.
 */
final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** Names of our own files: no dots but that of the type, so nothing leads out of the folders. */
    private static final Pattern FILE = Pattern.compile("/(?:[a-z0-9-]+/)*[a-z0-9-]+\\.(html|js|mjs|css|svg|txt)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "mjs", "text/javascript;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain;charset=utf-8");

    /** Where the browser client's modules are, for the page and for anyone else's. */
    private static final String CLIENT = "/client/";

    /** What a path without a file is answered with, too: there are fewer files than paths that can be asked for. */
    private static final byte[] NONE = new byte[0];

    private final transient ConcurrentHashMap<String, byte[]> files = new ConcurrentHashMap<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        String file = path.isEmpty() || path.equals("/") ? "/index.html" : path;
        Matcher name = FILE.matcher(file);
        byte[] body = name.matches() ? body(file) : NONE;
        response.setHeader(SecurityHeaders.POLICY, SecurityHeaders.POLICY_OF_PAGES);
        if (body.length == 0) {
            JsonServlet.answer(request, response, () -> {
                throw new HttpProblem(404, ErrorCode.NOT_FOUND, null, "there is nothing at this path");
            });
            return;
        }
        response.setContentType(TYPES.get(name.group(1)));
        response.setHeader("Cache-Control", "no-cache");
        LongAnswer.send(request, response, body);
    }

    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Allow", "GET, HEAD");
        response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }

    private byte[] body(String file) throws IOException {
        byte[] known = files.get(file);
        if (known != null) {
            return known;
        }
        byte[] read = load(file);
        if (read.length > 0) {
            files.put(file, read);
        }
        return read;
    }

    private static byte[] load(String file) throws IOException {
        String resource =
                file.startsWith(CLIENT) ? "/market-client/js/" + file.substring(CLIENT.length()) : "/console" + file;
        try (InputStream in = ConsoleServlet.class.getResourceAsStream(resource)) {
            return in == null ? NONE : in.readAllBytes();
        }
    }
}
