package io.agx.market.server.attack;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A connection that sends any bytes and tells what came of it. */
final class Wire implements AutoCloseable {
    static final String HANDSHAKE =
            "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};
    private static final int TEXT = 0x81;
    private static final int CLOSE = 8;
    private static final int MAX_BODY = 16 << 20;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final DataInputStream in;

    /** @param status 0 if there was none */
    record Answer(int status, List<String> headers, String body) {
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /** @param code of a Close frame; 0 for another frame */
    record Frame(int opcode, int code, String text) {
        boolean isClose() {
            return opcode == CLOSE;
        }
    }

    Wire(int port) throws IOException {
        this(port, 3_000);
    }

    Wire(int port, int patienceMillis) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(patienceMillis);
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** A WebSocket; its {@code welcome} is read. */
    static Wire webSocket(int port) throws IOException {
        Wire wire = new Wire(port);
        wire.send(HANDSHAKE + "\r\n");
        Answer answer = wire.answer();
        if (answer.status != 101) {
            wire.close();
            throw new IOException("not upgraded: " + answer);
        }
        wire.frame();
        return wire;
    }

    void send(String latin) {
        send(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What the peer does not take any more is no fault of the sender. */
    void send(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            // What it said before is still to be read.
        }
    }

    void sendText(String text) {
        send(frame(TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    /** The next answer; status 0 at the end of the connection. */
    Answer answer() throws IOException {
        String statusLine;
        try {
            statusLine = line();
        } catch (EOFException e) {
            return new Answer(0, List.of(), "");
        }
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        Answer head = new Answer(Integer.parseInt(statusLine.split(" ", 3)[1]), headers, "");
        String length = head.header("Content-Length");
        if (length.isEmpty()) {
            return head;
        }
        byte[] body = in.readNBytes(Math.min(MAX_BODY, Integer.parseInt(length)));
        return new Answer(head.status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** The next frame of the server. */
    Frame frame() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int second = in.readUnsignedByte();
        long length = second < 126 ? second : second == 126 ? in.readUnsignedShort() : in.readLong();
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        if (opcode == CLOSE) {
            int code = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
            return new Frame(
                    opcode,
                    code,
                    new String(
                            payload,
                            Math.min(2, payload.length),
                            Math.max(0, payload.length - 2),
                            StandardCharsets.UTF_8));
        }
        return new Frame(opcode, 0, new String(payload, StandardCharsets.UTF_8));
    }

    /** The next message of this event. */
    String awaitText(String part) throws IOException {
        while (true) {
            Frame frame = frame();
            if (frame.isClose()) {
                throw new IOException("closed with " + frame);
            }
            if (frame.text.contains(part)) {
                return frame.text;
            }
        }
    }

    /** How it ends: the code of the Close frame, {@code eof}, {@code reset}, or {@code silence}; what comes before is passed over. */
    String end() {
        try {
            while (true) {
                Frame frame = frame();
                if (frame.isClose()) {
                    return String.valueOf(frame.code);
                }
            }
        } catch (SocketTimeoutException e) {
            return "silence";
        } catch (EOFException e) {
            return "eof";
        } catch (SocketException e) {
            return "reset";
        } catch (IOException e) {
            return e.toString();
        }
    }

    static byte[] frame(int firstByte, byte[] payload) {
        return frame(firstByte, payload.length, true, payload);
    }

    /** @param declared the length in the header, which may not be the payload's */
    static byte[] frame(int firstByte, long declared, boolean masked, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(firstByte);
        int maskBit = masked ? 0x80 : 0;
        if (declared < 126) {
            frame.write(maskBit | (int) declared);
        } else if (declared < 65_536) {
            frame.write(maskBit | 126);
            frame.writeBytes(ByteBuffer.allocate(2).putShort((short) declared).array());
        } else {
            frame.write(maskBit | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(declared).array());
        }
        if (masked) {
            frame.writeBytes(MASK);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.write(masked ? payload[i] ^ MASK[i % 4] : payload[i]);
        }
        return frame.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
