package io.agx.market.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** {@code GET /api/v1/openapi.json} and {@code /api/v1/asyncapi.json}: one document, the same as long as the process lives. Thread-safe. */
final class ApiDocumentServlet extends JsonServlet {
    private static final long serialVersionUID = 1;

    private final transient Supplier<String> text;
    // Empty until it was asked for, which few servers are. Whoever makes it, makes the same.
    private transient volatile byte[] document = new byte[0];

    /** @param text makes the document; called by the first request */
    ApiDocumentServlet(Supplier<String> text, HttpAccess access) {
        super(access);
        this.text = text;
    }

    @Override
    protected byte[] body(Query query, HttpServletRequest request) {
        byte[] known = document;
        if (known.length == 0) {
            known = text.get().getBytes(StandardCharsets.UTF_8);
            document = known;
        }
        return known;
    }

    /** It changes with the server's version only; after five minutes its tag is asked for. */
    @Override
    protected String cacheControl() {
        return "max-age=300";
    }
}
