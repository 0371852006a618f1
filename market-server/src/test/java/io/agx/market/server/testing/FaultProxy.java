package io.agx.market.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * A TCP proxy that breaks its connections in the ways of networks. Between faults it only copies. Two threads a connection, so for
 * tests of some hundred connections at most.
 */
public final class FaultProxy implements AutoCloseable {
    /** What happens to the connections of a moment; those that come later are whole. */
    public enum Fault {
        /** Both sides see an end of stream. */
        CUT(true),
        /** Both sides see a reset. */
        RESET(true),
        /** The client gets a frame but for its last byte, then the end. */
        CUT_IN_FRAME(true),
        /** The server sees the end; the client sees a connection on which nothing comes any more. */
        HALF_OPEN(true),
        /** Neither side sees anything; nothing passes any more. */
        BLACK_HOLE(true),
        /** For a while, each piece comes late. */
        DELAY(false),
        /** For a while, few bytes pass. */
        THROTTLE(false),
        /** For a while, bytes come one by one. */
        SPLIT(false);

        private final boolean endsConnections;

        Fault(boolean endsConnections) {
            this.endsConnections = endsConnections;
        }

        /** One of them, all alike likely. */
        public static Fault random(RandomGenerator random) {
            return values()[random.nextInt(values().length)];
        }

        /** Whether a client must connect anew after it. */
        public boolean endsConnections() {
            return endsConnections;
        }
    }

    /** How long a passing fault lasts. */
    private static final Duration PASSING = Duration.ofMillis(400);

    private static final long DELAY_NANOS = 30_000_000;
    private static final int THROTTLED_BYTES = 512;
    private static final long THROTTLED_NANOS = 10_000_000; // 512 bytes in 10 ms are 50 KiB/s.
    private static final int PIECE_BYTES = 16_384;

    private final IntSupplier targetPort;
    private final ServerSocket acceptor;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger acceptedCount = new AtomicInteger();
    private volatile boolean closed;

    /** @param targetPort where the server is at this moment, on loopback; asked for each connection */
    public FaultProxy(IntSupplier targetPort) {
        this.targetPort = targetPort;
        try {
            acceptor = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("proxy-accept", this::accept);
    }

    public int port() {
        return acceptor.getLocalPort();
    }

    /** Connections that pass something, or could. */
    public int openCount() {
        return links.size();
    }

    /** Connections that came so far. */
    public int acceptedCount() {
        return acceptedCount.get();
    }

    /** Breaks all connections that are open now; returns how many these were. */
    public int strike(Fault fault) {
        int struck = 0;
        for (Link link : links) {
            link.strike(fault);
            struck++;
        }
        return struck;
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(acceptor);
        links.forEach(Link::end);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = acceptor.accept();
                acceptedCount.incrementAndGet();
                open(client);
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void open(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort.getAsInt()), 2_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            client.close(); // The server is not there: as if the port were closed, a moment later.
            server.close();
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        if (closed) {
            link.end();
        }
        start("proxy-up", () -> link.pump(client, server, false));
        start("proxy-down", () -> link.pump(server, client, true));
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is gone, which is what was wanted.
        }
    }

    /** One connection, and what is wrong with it. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile Fault fault;
        private volatile long faultNanos;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void strike(Fault next) {
            if (fault != null && fault.endsConnections()) {
                return; // It is broken for good already.
            }
            faultNanos = System.nanoTime();
            fault = next;
            switch (next) {
                case CUT -> end();
                case RESET -> {
                    linger(client);
                    linger(server);
                    end();
                }
                case HALF_OPEN -> closeQuietly(server);
                default -> {
                    // The pumps see to it.
                }
            }
        }

        void pump(Socket from, Socket to, boolean down) {
            byte[] piece = new byte[PIECE_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int length;
                while ((length = in.read(piece)) >= 0) {
                    pass(piece, length, out, down);
                }
            } catch (IOException e) {
                // One side is gone; the other follows.
            }
            if (fault != Fault.HALF_OPEN || !down) {
                end();
            }
        }

        private void pass(byte[] piece, int length, OutputStream out, boolean down) throws IOException {
            Fault now = fault;
            if (now != null && !now.endsConnections() && System.nanoTime() - faultNanos > PASSING.toNanos()) {
                now = null;
            }
            if (now == null) {
                out.write(piece, 0, length);
                return;
            }
            switch (now) {
                case HALF_OPEN, BLACK_HOLE -> {
                    // Nothing passes.
                }
                case CUT_IN_FRAME -> {
                    if (down) {
                        out.write(piece, 0, length - 1);
                        end();
                    } else {
                        out.write(piece, 0, length);
                    }
                }
                case DELAY -> {
                    pause(DELAY_NANOS);
                    out.write(piece, 0, length);
                }
                case THROTTLE -> {
                    for (int at = 0; at < length; at += THROTTLED_BYTES) {
                        out.write(piece, at, Math.min(THROTTLED_BYTES, length - at));
                        pause(THROTTLED_NANOS);
                    }
                }
                case SPLIT -> {
                    for (int at = 0; at < length; at++) {
                        out.write(piece, at, 1);
                    }
                }
                default -> end();
            }
        }

        private void pause(long nanos) {
            long end = System.nanoTime() + nanos;
            while (System.nanoTime() - end < 0 && !closed) {
                LockSupport.parkNanos(this, end - System.nanoTime());
            }
        }

        private void linger(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It is closed already.
            }
        }

        void end() {
            closeQuietly(client);
            closeQuietly(server);
            links.remove(this);
        }
    }
}
