package io.agx.market.server.conformance;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** A TCP connection that sends any bytes. Nothing on it waits longer than until its deadline, {@value #MILLIS} ms after it was made. */
final class RawSocket implements AutoCloseable {
    static final int MILLIS = 3_000;

    private final Socket socket = new Socket();
    private final long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
    private final OutputStream out;
    private final DataInputStream in;

    RawSocket(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), MILLIS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Sends one segment; one that the peer does not take any more is no fault of the sender. */
    void send(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            // It has closed: what it said before is still to be read.
        }
    }

    /** Ends the sending side. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    HttpAnswer readAnswer(boolean hasBody) throws IOException {
        checkDeadline();
        return HttpAnswer.read(in, hasBody);
    }

    /** @throws java.io.EOFException at the end */
    ServerFrame readFrame() throws IOException {
        checkDeadline();
        return ServerFrame.read(in);
    }

    private void checkDeadline() throws IOException {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (leftMillis <= 0) {
            throw new SocketTimeoutException("no answer for " + MILLIS + " ms");
        }
        socket.setSoTimeout((int) leftMillis);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
