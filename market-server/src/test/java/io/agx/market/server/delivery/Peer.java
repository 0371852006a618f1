package io.agx.market.server.delivery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection of a swarm, over its reconnects: handshake, subscription, reading, bad manners. Owned by the swarm's thread. */
final class Peer {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    /** RFC 6455 section 1.3: the accept value of that key. */
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};
    /** The least that Linux grants: what it holds is not in the server's buffers. */
    private static final int SMALL_RECEIVE_BUFFER_BYTES = 4_096;

    private static final int TRICKLE_BYTES = 64;
    private static final int PINGS_AT_ONCE = 4;

    /** Where a connection is. */
    enum State {
        NONE,
        CONNECTING,
        UPGRADING,
        SUBSCRIBING,
        LIVE
    }

    final Cursor cursor = new Cursor();
    private final Manners joinedAs;
    Manners manners;
    /** Whether it comes back by itself when the server ends it. */
    boolean comesBack;

    State state = State.NONE;
    int closeCode;
    long readBytes;
    /** Of what it read after {@link #resume}: bytes of messages that were published before. */
    long backlogBytes;

    private final Swarm swarm;
    private final String room;
    private final StringBuilder handshake = new StringBuilder();
    private FrameReader frames = new FrameReader();
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer unsent;
    private long resumedMillis;

    /** @param room what it subscribes to */
    Peer(Swarm swarm, String room, Manners manners) {
        this.swarm = swarm;
        this.room = room;
        this.manners = manners;
        this.joinedAs = manners;
    }

    void connect(Selector selector, int port) throws IOException {
        state = State.CONNECTING;
        handshake.setLength(0);
        frames = new FrameReader();
        unsent = null;
        closeCode = 0;
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (manners != Manners.GOOD) {
            opened.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_BUFFER_BYTES);
        }
        opened.connect(new InetSocketAddress("127.0.0.1", port));
        key = opened.register(selector, SelectionKey.OP_CONNECT, this);
    }

    /** Ends the TCP connection, by FIN or by RST, without a word of WebSocket. */
    void drop(boolean reset) {
        if (channel != null) {
            try {
                if (reset) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                } else if (channel.isConnected()) {
                    channel.shutdownOutput();
                }
                channel.close();
            } catch (IOException e) {
                swarm.note("drop: " + e); // It was gone already.
            }
        }
        channel = null;
        state = State.NONE;
    }

    /** Floods no more. */
    void calm() {
        if (manners.pings()) {
            manners = manners.reads() ? Manners.GOOD : Manners.STALLED;
        }
    }

    /** Reads again, and counts what had waited. */
    void resume() {
        manners = Manners.GOOD;
        resumedMillis = System.currentTimeMillis();
        if (key != null && key.isValid()) {
            key.interestOpsOr(SelectionKey.OP_READ);
        }
    }

    /** For the message of a test that fails. */
    @Override
    public String toString() {
        String socket = "none";
        try {
            socket = channel == null ? "none" : channel.getLocalAddress() + " " + key;
        } catch (IOException e) {
            swarm.note("socket: " + e);
        }
        return joinedAs + " " + state + " at trade " + cursor.lastSeq() + ", misplaced gaps " + cursor.misplacedGaps
                + ", close code "
                + closeCode + ", bytes read " + readBytes + ", unsent " + unsent + ", of a frame "
                + frames.unfinishedBytes() + ", socket " + socket;
    }

    /** Called when the selector names it. */
    void onReady(ByteBuffer buffer) throws IOException {
        SelectionKey ready = key;
        SocketChannel open = channel;
        if (ready == null || open == null || !ready.isValid()) {
            return;
        }
        if (ready.isConnectable()) {
            open.finishConnect();
            state = State.UPGRADING;
            ready.interestOps(SelectionKey.OP_READ);
            send(ByteBuffer.wrap(("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
            return;
        }
        if (ready.isWritable()) {
            flush();
        }
        if (ready.isValid() && ready.isReadable()) {
            read(open, buffer);
        }
    }

    /** Ten times a second: what its manners make it do. */
    void tick(ByteBuffer buffer) throws IOException {
        if (state != State.LIVE || channel == null) {
            return;
        }
        if (manners == Manners.TRICKLING) {
            buffer.clear().limit(TRICKLE_BYTES);
            readInto(channel, buffer);
        }
    }

    /** A hundred times a second. */
    void flood() throws IOException {
        if (state == State.LIVE && manners.pings() && unsent == null) {
            ByteBuffer pings = ByteBuffer.allocate(PINGS_AT_ONCE * 6);
            for (int i = 0; i < PINGS_AT_ONCE; i++) {
                pings.put(frame(FrameReader.PING, new byte[0]));
            }
            send(pings.flip());
        }
    }

    private void read(SocketChannel open, ByteBuffer buffer) throws IOException {
        buffer.clear();
        readInto(open, buffer);
    }

    private void readInto(SocketChannel open, ByteBuffer buffer) throws IOException {
        int count = open.read(buffer);
        if (count < 0) {
            throw new IOException("the server ended the connection" + (closeCode == 0 ? "" : " with " + closeCode));
        }
        readBytes += count;
        buffer.flip();
        if (state == State.UPGRADING) {
            readHandshake(buffer);
        }
        if (state == State.SUBSCRIBING || state == State.LIVE) {
            frames.read(buffer, this::onFrame);
        }
    }

    private void readHandshake(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            handshake.append((char) (buffer.get() & 0xff));
            int length = handshake.length();
            if (length >= 4 && handshake.substring(length - 4).equals("\r\n\r\n")) {
                String answer = handshake.toString();
                if (!answer.startsWith("HTTP/1.1 101 ") || !answer.contains(ACCEPT)) {
                    throw new IOException(
                            "no upgrade: " + answer.lines().findFirst().orElse(""));
                }
                state = State.SUBSCRIBING;
                return;
            }
        }
    }

    private void onFrame(int opcode, byte[] payload) {
        switch (opcode) {
            case FrameReader.TEXT -> onText(payload);
            case FrameReader.PING -> {
                swarm.pings++;
                sendQuietly(frame(FrameReader.PONG, payload));
            }
            case FrameReader.CLOSE ->
                closeCode = payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
            case FrameReader.PONG -> swarm.pongs++;
            default -> swarm.problem("a frame of opcode " + opcode);
        }
    }

    private void onText(byte[] payload) {
        PushReader push = swarm.reader;
        push.read(payload);
        if (resumedMillis > 0 && push.serverTimeMillis > 0 && push.serverTimeMillis < resumedMillis) {
            backlogBytes += payload.length;
        }
        switch (push.event) {
            case "welcome" -> onWelcome(push);
            case "subscribed" -> {
                if (!push.ok) {
                    swarm.problem("not subscribed: " + new String(payload, StandardCharsets.UTF_8));
                    return;
                }
                cursor.subscribed(push.live.at(0), push.recovered, push.snapshot);
                goLive();
            }
            case "trade" -> {
                for (int i = 0; i < push.live.count(); i++) {
                    cursor.trade(push.live.at(i));
                }
                if (resumedMillis == 0 && manners == Manners.GOOD) {
                    swarm.latencies.add(System.currentTimeMillis() - push.serverTimeMillis);
                }
            }
            case "ticker", "kline" -> swarm.states++;
            case "gap" -> cursor.gap(push.fromSeq, push.toSeq);
            case "heartbeat" -> swarm.heartbeats++;
            case "drain", "system" -> {
                // Told before a stop; the end of the connection says the same.
            }
            default -> swarm.problem("an event " + new String(payload, StandardCharsets.UTF_8));
        }
    }

    private void onWelcome(PushReader push) {
        cursor.welcomed(push.epoch);
        swarm.transport = push.transport;
        String subscribe = "{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[{\"room\":\"" + room + "\""
                + cursor.since() + "}]}}";
        sendQuietly(frame(FrameReader.TEXT, subscribe.getBytes(StandardCharsets.UTF_8)));
    }

    private void goLive() {
        if (state == State.SUBSCRIBING) {
            state = State.LIVE;
            swarm.onLive();
        }
        if (manners == Manners.CLOSING) {
            sendQuietly(frame(FrameReader.CLOSE, new byte[] {0x03, (byte) 0xe8}));
        }
        if (!manners.reads() && key != null && key.isValid()) {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
    }

    private void sendQuietly(ByteBuffer bytes) {
        try {
            send(bytes);
        } catch (IOException e) {
            swarm.note("send: " + e); // Reading tells the same.
        }
    }

    /** Sends now what goes, the rest when the socket takes it. */
    private void send(ByteBuffer bytes) throws IOException {
        if (unsent != null) {
            ByteBuffer both = ByteBuffer.allocate(unsent.remaining() + bytes.remaining());
            unsent = both.put(unsent).put(bytes).flip();
        } else {
            unsent = bytes;
        }
        flush();
    }

    private void flush() throws IOException {
        ByteBuffer bytes = unsent;
        SocketChannel open = channel;
        SelectionKey own = key;
        if (bytes == null || open == null || own == null) {
            return;
        }
        open.write(bytes);
        if (bytes.hasRemaining()) {
            own.interestOpsOr(SelectionKey.OP_WRITE);
        } else {
            unsent = null;
            own.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
    }

    /** A client's frame, masked; at most 65,535 bytes. */
    private static ByteBuffer frame(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(8 + payload.length);
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        return frame.flip();
    }
}
