package io.agx.market.server.jetty;

import io.agx.market.core.protocol.Problem;
import io.agx.market.server.http.ProblemDocument;
import io.agx.market.server.http.SecurityHeaders;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** In place of Jetty's pages for what went wrong: problem documents, which tell nothing of the inside. Thread-safe. */
final class ProblemPages extends ErrorHandler {
    static void send(
            Response response, Callback callback, int status, Problem problem, Map<String, String> moreHeaders) {
        byte[] body = ProblemDocument.bytes(status, problem);
        response.setStatus(status);
        HttpFields.Mutable headers = response.getHeaders();
        moreHeaders.forEach(headers::put);
        SecurityHeaders.OF_DATA.forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, ProblemDocument.TYPE);
        headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        // 501 and 505 are Jetty's word for methods, codings and versions that a client made up: its fault, and not
        // ours.
        int status = code == 501 || code == 505 ? 400 : code;
        send(response, callback, status, ProblemDocument.problemOf(status), Map.of());
    }
}
