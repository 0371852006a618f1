package io.agx.market.server.live;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A WebSocket that sends any bytes as its handshake, and records how it ends. Waits {@value #MILLIS} ms for each read at most. */
final class TokenPeer implements AutoCloseable {
    static final int MILLIS = 10_000;
    private static final byte[] MASK = {1, 2, 3, 4};

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final int status;
    private final Map<String, String> headers = new TreeMap<>();
    private int closeCode;
    private String closeReason = "";

    /**
     * @param target path and query
     * @param lines of the header, beside those of every handshake
     */
    TokenPeer(int port, String target, String... lines) throws IOException {
        this(InetAddress.getLoopbackAddress(), port, target, lines);
    }

    private TokenPeer(InetAddress host, int port, String target, String... lines) throws IOException {
        socket.connect(new InetSocketAddress(host, port), MILLIS);
        socket.setSoTimeout(MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
        for (String line : lines) {
            request.append(line).append("\r\n");
        }
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        status = Integer.parseInt(line().split(" ")[1]);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    int status() {
        return status;
    }

    @Nullable
    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** 0 before the end, 1006 after one without a Close frame. */
    int closeCode() {
        return closeCode;
    }

    String closeReason() {
        return closeReason;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("in the answer's header");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** The next text message; null at the end. */
    @Nullable
    String next() throws IOException {
        while (true) {
            int first;
            try {
                first = in.readUnsignedByte();
            } catch (EOFException e) {
                closeCode = closeCode == 0 ? 1006 : closeCode;
                return null;
            }
            int length = in.readUnsignedByte();
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
            byte[] payload = in.readNBytes(length);
            if ((first & 0xf) == 1) {
                return new String(payload, StandardCharsets.UTF_8);
            }
            if ((first & 0xf) == 8) {
                closeCode = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
                closeReason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
                return null;
            }
        }
    }

    /** The next message of this event; others are passed over. Null at the end. */
    @Nullable
    String next(String event) throws IOException {
        String text = next();
        while (text != null && !text.startsWith("{\"event\":\"" + event + "\"")) {
            text = next();
        }
        return text;
    }

    /** Reads up to the end. */
    void readToEnd() throws IOException {
        while (next() != null) {
            // What is read is what was missed.
        }
    }

    void send(String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            throw new IllegalArgumentException("too long for a test: " + payload.length);
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        socket.getOutputStream().write(frame.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
