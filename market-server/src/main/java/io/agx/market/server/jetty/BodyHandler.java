package io.agx.market.server.jetty;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.server.handshake.EdgeCounters;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the servlets, which read bodies on threads of the pool: it waits for a body without a thread. Thread-safe.
 *
 * <p>A body of up to {@value #WHOLE_BYTES} bytes is read whole before a servlet sees the request. Of a longer one that many are, of one in lines
 * what comes first, and the rest is the servlet's to read: at most {@value #STREAMS} at a time, far fewer than the pool has threads, so that slow ones never take them all.
 */
final class BodyHandler extends Handler.Wrapper {
    /** What is read of a body before its servlet is called: any command's, and some 500 trades. */
    static final int WHOLE_BYTES = 65_536;

    /** Longer bodies that are read at once. */
    static final int STREAMS = 64;

    /** Memory for bodies that are being waited for, all together. */
    static final long ROOM_BYTES = 64L << 20;

    private static final Map<String, String> RETRY = Map.of("Retry-After", "1");

    private final EdgeCounters counters;
    private final Semaphore streams = new Semaphore(STREAMS);
    private final AtomicLong room = new AtomicLong(ROOM_BYTES);

    /** Bytes of bodies that are waited for without a thread. */
    long waitingBytes() {
        return ROOM_BYTES - room.get();
    }

    BodyHandler(EdgeCounters counters, Handler next) {
        super(next);
        this.counters = counters;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!hasBody(request)) {
            return super.handle(request, response, callback);
        }
        DirectEndPoint connection = DirectEndPoint.of(
                request.getConnectionMetaData().getConnection().getEndPoint());
        Loading loading = new Loading(request, response, callback, connection);
        if (connection != null) {
            connection.progress().whenOverdue(loading::overdue);
        }
        loading.run();
        return true;
    }

    static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /** Whether a body is to be taken in while it comes. */
    private static boolean isLines(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && (type.startsWith("application/x-ndjson") || type.startsWith("application/jsonl"));
    }

    private boolean next(Request request, Response response, Callback callback) throws Exception {
        return super.handle(request, response, callback);
    }

    private void refuse(
            Response response, Callback callback, int status, Problem problem, Map<String, String> headers) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close"); // The rest of the body is not waited for.
        ProblemPages.send(response, callback, status, problem, headers);
    }

    /** Reads the beginning of a body, and goes on with the request. Its steps never run at the same time, but for {@link #overdue}. */
    private final class Loading implements Runnable {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final @Nullable DirectEndPoint connection;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
        private final boolean lines;
        private boolean demanded;
        // Guarded by this.
        private boolean decided;

        Loading(Request request, Response response, Callback callback, @Nullable DirectEndPoint connection) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.connection = connection;
            lines = isLines(request);
        }

        @Override
        public void run() {
            while (true) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    demanded = true;
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    fail(chunk.getFailure());
                    return;
                }
                boolean last = chunk.isLast();
                boolean hasRoom = keep(chunk);
                chunk.release();
                if (!hasRoom) {
                    outOfRoom();
                    return;
                }
                if (last || bytes.size() >= (lines ? 1 : WHOLE_BYTES)) {
                    goOn(last);
                    return;
                }
            }
        }

        private boolean keep(Content.Chunk chunk) {
            int length = chunk.remaining();
            if (room.addAndGet(-length) < 0) {
                room.addAndGet(length);
                return false;
            }
            byte[] copy = new byte[length]; // A chunk would keep a whole buffer of the connection for a byte.
            chunk.get(copy, 0, length);
            bytes.write(copy, 0, length);
            return true;
        }

        private synchronized boolean decide() {
            boolean first = !decided;
            decided = true;
            if (first) {
                room.addAndGet(bytes.size());
            }
            return first;
        }

        /** The deadline has passed. */
        private void overdue() {
            if (decide()) {
                refuse(
                        response,
                        callback,
                        408,
                        new Problem(ErrorCode.BAD_REQUEST, null, "the body came too slowly"),
                        Map.of());
            } else if (connection != null) {
                connection.close(); // A servlet is reading it: its reading fails.
            }
        }

        private void fail(Throwable cause) {
            if (decide()) {
                Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400, "body", cause);
            }
        }

        private void outOfRoom() {
            if (decide()) {
                busy();
            }
        }

        private void busy() {
            counters.count(EdgeCounters.Reason.BODY_ROOM);
            refuse(
                    response,
                    callback,
                    503,
                    new Problem(ErrorCode.BACK_PRESSURE, null, "too many bodies are being read; nothing was kept"),
                    RETRY);
        }

        private void goOn(boolean whole) {
            if (!decide()) {
                return;
            }
            if (whole) {
                bodyEnds();
            } else if (streams.tryAcquire()) {
                if (connection != null) {
                    connection.progress().bodyStreams();
                }
                Request.addCompletionListener(request, failure -> streams.release());
            } else {
                busy();
                return;
            }
            if (demanded) {
                // Jetty calls one demand's callback after the other: within one, the servlet would wait for the next
                // for ever.
                request.getContext().execute(() -> serve(whole));
            } else {
                serve(whole);
            }
        }

        private void serve(boolean whole) {
            try {
                Read read = new Read(request, bytes.toByteArray(), whole, this::bodyEnds);
                if (!next(read, response, callback)) {
                    Response.writeError(read, response, callback, HttpStatus.NOT_FOUND_404);
                }
            } catch (Throwable e) {
                Response.writeError(request, response, callback, e);
            }
        }

        private void bodyEnds() {
            if (connection != null) {
                connection.progress().bodyEnds();
            }
        }
    }

    /** A request of whose body the beginning is read. */
    private static final class Read extends Request.Wrapper {
        private final SerializedInvoker invoker = new SerializedInvoker(Read.class);
        private final boolean whole;
        private final Runnable whenRead;
        private Content.@Nullable Chunk first;

        Read(Request request, byte[] beginning, boolean whole, Runnable whenRead) {
            super(request);
            this.whole = whole;
            this.whenRead = whenRead;
            first = Content.Chunk.from(ByteBuffer.wrap(beginning), whole);
        }

        @Override
        public Content.@Nullable Chunk read() {
            Content.Chunk chunk = first;
            if (chunk != null) {
                first = whole ? Content.Chunk.next(chunk) : null;
                return chunk;
            }
            chunk = super.read();
            if (chunk != null && chunk.isLast()) {
                whenRead.run();
            }
            return chunk;
        }

        @Override
        public void demand(Runnable callback) {
            if (first == null) {
                super.demand(callback);
            } else {
                invoker.run(callback);
            }
        }
    }
}
