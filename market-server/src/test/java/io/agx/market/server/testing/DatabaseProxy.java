package io.agx.market.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy that is in the way of a whole service: its state holds for the connections that are open and for those that come. */
public final class DatabaseProxy implements AutoCloseable {
    /** What it does with connections. */
    public enum State {
        PASSES,
        /** Ends all, and takes none. */
        REFUSES,
        /** Takes them, and passes nothing. */
        SWALLOWS,
        /** Passes each piece after 300 ms. */
        DELAYS
    }

    private static final long DELAY_NANOS = 300_000_000;
    private static final int PIECE_BYTES = 65_536;

    private final int targetPort;
    private final ServerSocket acceptor;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusedCount = new AtomicInteger();
    private volatile State state = State.PASSES;
    private volatile boolean closed;

    /** @param targetPort where the service is, on loopback */
    public DatabaseProxy(int targetPort) {
        this.targetPort = targetPort;
        try {
            acceptor = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("database-proxy", this::accept);
    }

    public int port() {
        return acceptor.getLocalPort();
    }

    /** Connections that were refused so far. */
    public int refusedCount() {
        return refusedCount.get();
    }

    public void set(State next) {
        state = next;
        if (next == State.REFUSES) {
            endAll();
        }
    }

    private void endAll() {
        sockets.forEach(DatabaseProxy::closeQuietly);
        sockets.clear();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = acceptor.accept();
                if (state == State.REFUSES) {
                    refusedCount.incrementAndGet();
                    client.setSoLinger(true, 0);
                    client.close();
                    continue;
                }
                Socket server = new Socket();
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), 2_000);
                server.setTcpNoDelay(true);
                client.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                start("database-proxy-up", () -> pump(client, server));
                start("database-proxy-down", () -> pump(server, client));
            } catch (IOException e) {
                // The service is not there, or this proxy is closed.
            }
        }
    }

    /** What was swallowed is lost: such a connection passes nothing any more. */
    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[PIECE_BYTES];
        boolean lost = false;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length;
            while ((length = in.read(piece)) >= 0) {
                State now = state;
                lost |= now == State.SWALLOWS;
                if (now == State.DELAYS) {
                    long end = System.nanoTime() + DELAY_NANOS;
                    while (System.nanoTime() - end < 0 && !closed) {
                        LockSupport.parkNanos(this, end - System.nanoTime());
                    }
                }
                if (!lost) {
                    out.write(piece, 0, length);
                }
            }
        } catch (IOException e) {
            // One side is gone; the other follows.
        }
        // A network that swallows everything swallows the end as well.
        if (!lost) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() {
        closed = true;
        endAll();
        try {
            acceptor.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
