package io.agx.market.server.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Writes a body that a socket may not take at once, without holding a thread of the container's while the peer reads it. Called by the container,
 * never on two threads at once.
 */
final class LongAnswer implements WriteListener {
    /** What a socket with the smallest buffer takes with a slow reader at its end. */
    private static final int LEAST_BYTES = 16_384;

    private static final int STEP_BYTES = 32_768;

    private final AsyncContext exchange;
    private final ServletOutputStream out;
    private final byte[] body;
    private int written;

    private LongAnswer(AsyncContext exchange, ServletOutputStream out, byte[] body) {
        this.exchange = exchange;
        this.out = out;
        this.body = body;
    }

    /** Writes a body whose status and type are set; a long one goes on when this returns. */
    static void send(HttpServletRequest request, HttpServletResponse response, byte[] body) throws IOException {
        response.setContentLength(body.length);
        if (body.length < LEAST_BYTES || !request.isAsyncSupported()) {
            response.getOutputStream().write(body);
            return;
        }
        AsyncContext exchange = request.startAsync();
        exchange.setTimeout(0); // The connection has a deadline of its own.
        ServletOutputStream out = exchange.getResponse().getOutputStream();
        out.setWriteListener(new LongAnswer(exchange, out, body));
    }

    @Override
    public void onWritePossible() throws IOException {
        while (out.isReady()) {
            if (written == body.length) {
                exchange.complete();
                return;
            }
            int length = Math.min(STEP_BYTES, body.length - written);
            int from = written;
            written += length; // Before: the write may end at once.
            out.write(body, from, length);
        }
    }

    @Override
    public void onError(Throwable cause) {
        exchange.complete(); // The peer is gone.
    }
}
