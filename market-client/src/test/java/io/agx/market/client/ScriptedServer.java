package io.agx.market.client;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small WebSocket server (RFC 6455) on real sockets, that can misbehave. One thread per connection, at most {@link
 * #MAX_CONNECTIONS} over its life; a port of the system's choice.
 */
final class ScriptedServer implements AutoCloseable {
    static final int MAX_CONNECTIONS = 64;
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final ServerSocket socket;
    private final Script script;
    private final AtomicInteger refuseCount = new AtomicInteger();

    /** What the server does. Called on the connection's thread. */
    interface Script {
        default void onOpen(Connection connection) throws IOException {
            connection.send(new ServerEvent.Welcome(
                    "c", ServerEvent.PROTOCOL, 0, Markets.EPOCH, "n", Map.of("rooms", 1_024L), 10_000, "test"));
        }

        void onText(Connection connection, String text) throws IOException;
    }

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        this.socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start("scripted-server", this::accept);
    }

    String uri() {
        return "ws://127.0.0.1:" + socket.getLocalPort() + "/ws";
    }

    /** Answers the next handshakes with 503. */
    void refuseNext(int count) {
        refuseCount.set(count);
    }

    Connection last() {
        return connections.get(connections.size() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Connection connection : connections) {
            connection.end();
        }
    }

    private void accept() {
        while (!socket.isClosed() && connections.size() < MAX_CONNECTIONS) {
            try {
                Socket accepted = socket.accept();
                start("scripted-connection", () -> serve(accepted));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket accepted) {
        try (accepted) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(accepted.getInputStream()));
            String key = readHandshake(in);
            OutputStream out = accepted.getOutputStream();
            if (refuseCount.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                out.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            Connection connection = new Connection(accepted, out);
            connections.add(connection);
            script.onOpen(connection);
            connection.read(in);
        } catch (IOException e) {
            // The peer or the test ended the connection: the end of this thread's work.
        }
    }

    private static String readHandshake(InputStream in) throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || header.length() > MAX_HEADER_BYTES) {
                throw new IOException("no handshake");
            }
            header.append((char) next);
        }
        for (String line : header.toString().lines().toList()) {
            if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                return line.substring(18).strip();
            }
        }
        throw new IOException("no Sec-WebSocket-Key");
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One client's connection. Writing is thread-safe. */
    final class Connection {
        final List<String> received = new CopyOnWriteArrayList<>();
        final AtomicInteger closeCode = new AtomicInteger();
        private final Socket socket;
        private final OutputStream out;
        private volatile boolean silent;

        Connection(Socket socket, OutputStream out) {
            this.socket = socket;
            this.out = out;
        }

        /** Neither answers nor sends any more, but keeps the connection. */
        void fallSilent() {
            silent = true;
        }

        void send(ServerEvent event) throws IOException {
            sendText(EventEncoder.encode(event), MAX_FRAME_BYTES);
        }

        /** A text message in fragments of some bytes each. */
        void sendText(byte[] payload, int fragmentBytes) throws IOException {
            int at = 0;
            do {
                int length = Math.min(fragmentBytes, payload.length - at);
                boolean last = at + length == payload.length;
                write((last ? 0x80 : 0) | (at == 0 ? 1 : 0), payload, at, length);
                at += length;
            } while (at < payload.length);
        }

        void ping() throws IOException {
            write(0x89, new byte[0], 0, 0);
        }

        void close(int code) throws IOException {
            write(0x88, ByteBuffer.allocate(2).putShort((short) code).array(), 0, 2);
        }

        /** FIN. */
        void end() throws IOException {
            socket.close();
        }

        /** RST. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        private void write(int head, byte[] payload, int offset, int length) throws IOException {
            if (silent) {
                return;
            }
            ByteBuffer frame = ByteBuffer.allocate(length + 10).put((byte) head);
            if (length < 126) {
                frame.put((byte) length);
            } else if (length < 65_536) {
                frame.put((byte) 126).putShort((short) length);
            } else {
                frame.put((byte) 127).putLong(length);
            }
            frame.put(payload, offset, length);
            synchronized (out) {
                out.write(frame.array(), 0, frame.position());
            }
        }

        private void read(DataInputStream in) throws IOException {
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0f;
                long length = in.readUnsignedByte() & 0x7f;
                length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
                if (length < 0 || length > MAX_FRAME_BYTES) {
                    throw new IOException("frame of " + length + " bytes");
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes((int) length);
                for (int i = 0; i < payload.length; i++) {
                    payload[i] ^= mask[i & 3];
                }
                if (opcode == 8) {
                    closeCode.set(
                            payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort());
                    write(0x88, payload, 0, Math.min(2, payload.length));
                    return;
                }
                if (opcode == 1) {
                    String text = new String(payload, StandardCharsets.UTF_8);
                    received.add(text);
                    if (!silent) {
                        script.onText(this, text);
                    }
                }
            }
        }
    }
}
