package io.agx.market.server.attack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A peer that begins something and takes its time. Owned by the thread of its crowd. */
final class SlowPeer {
    /** What it does. */
    enum Kind {
        SILENT(true, ""),
        UNFINISHED_HEADER(true, "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: "),
        DRIPPING_HEADER(false, "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: "),
        UNFINISHED_BODY(true, "POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n["),
        DRIPPING_BODY(false, "POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n["),
        UNFINISHED_MESSAGE(true, Wire.HANDSHAKE + "\r\n"),
        DRIPPING_MESSAGE(false, Wire.HANDSHAKE + "\r\n"),
        NOT_READING(
                true,
                "GET /vendor/lightweight-charts/lightweight-charts.mjs HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));

        final boolean silent;
        private final String beginning;

        Kind(boolean silent, String beginning) {
            this.silent = silent;
            this.beginning = beginning;
        }

        boolean isMessage() {
            return this == UNFINISHED_MESSAGE || this == DRIPPING_MESSAGE;
        }
    }

    final Kind kind;
    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(4_096);
    private boolean begun;
    private boolean messageBegun;
    private volatile long beginNanos;
    /** 0 while it is open. */
    volatile long endNanos;

    String firstAnswer = "";

    SlowPeer(Kind kind, int port, Selector selector) throws IOException {
        this.kind = kind;
        channel = SocketChannel.open();
        if (kind == Kind.NOT_READING) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        }
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        channel.register(selector, SelectionKey.OP_CONNECT, this);
        beginNanos = System.nanoTime();
    }

    long lifeMillis() {
        return (endNanos - beginNanos) / 1_000_000;
    }

    boolean isOpen() {
        return endNanos == 0;
    }

    void ready(SelectionKey key) {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                key.interestOps(kind == Kind.NOT_READING ? 0 : SelectionKey.OP_READ);
                beginNanos = System.nanoTime();
                write(kind.beginning.getBytes(StandardCharsets.US_ASCII));
                begun = true;
            } else if (key.isReadable()) {
                received.clear();
                int read = channel.read(received);
                if (read < 0) {
                    end();
                } else if (firstAnswer.isEmpty()) {
                    firstAnswer = new String(received.array(), 0, Math.min(read, 40), StandardCharsets.ISO_8859_1);
                    if (kind.isMessage()) {
                        messageBegun = true;
                        beginNanos = System.nanoTime();
                        write(Wire.frame(0x01, new byte[] {'{'})); // The first of fragments.
                        write(new byte[] {(byte) 0x80, (byte) 0xfe, 0x10, 0x00}); // And a header without its mask.
                    }
                }
            }
        } catch (IOException e) {
            end();
        }
    }

    /** One byte more, if it is one that drips. */
    void drip() {
        boolean waits = !begun || kind.silent || (kind.isMessage() && !messageBegun);
        if (isOpen() && !waits) {
            try {
                write(new byte[] {'a'});
            } catch (IOException e) {
                end();
            }
        }
    }

    void end() {
        if (isOpen()) {
            endNanos = System.nanoTime();
            close();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            endNanos = System.nanoTime();
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int written = 1;
        while (buffer.hasRemaining() && written > 0) {
            written = channel.write(buffer); // Little enough for the socket's buffer; what does not fit is not sent.
        }
    }

    /** Many of them on one thread. */
    static final class Crowd implements AutoCloseable {
        private final Selector selector = Selector.open();
        final List<SlowPeer> peers = new ArrayList<>();
        private final Thread thread = new Thread(this::run, "slow peers");
        private volatile boolean stopped;

        /** So many, of these kinds in turn. */
        Crowd(int port, int count, List<Kind> kinds) throws IOException {
            for (int i = 0; i < count; i++) {
                peers.add(new SlowPeer(kinds.get(i % kinds.size()), port, selector));
            }
            thread.start();
        }

        private void run() {
            long nextDripNanos = System.nanoTime() + 1_000_000_000;
            while (!stopped) {
                try {
                    selector.select(key -> ((SlowPeer) key.attachment()).ready(key), 100);
                } catch (IOException e) {
                    return;
                }
                if (System.nanoTime() - nextDripNanos >= 0) {
                    nextDripNanos += 1_000_000_000;
                    peers.forEach(SlowPeer::drip);
                }
            }
        }

        /** Stops its thread: what peers have seen may be read now. */
        void stop() {
            stopped = true;
            selector.wakeup();
            Uninterruptibly.join(thread);
        }

        @Override
        public void close() throws IOException {
            stop();
            peers.forEach(SlowPeer::close);
            selector.close();
        }
    }
}
