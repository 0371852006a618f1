package io.agx.market.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DataFormatException;

/**
 * Plays a case and tells what came, one word per event: {@code pong:<id>} and {@code error:<code>} for replies, {@code PONG} for the text
 * of that name, {@code pongFrame:<hex>}, {@code close:<code>} (0 for none), then {@code eof}, {@code reset}, {@code silence} or {@code broken:<what>}, which no case
 * expects.
 * {@code welcome} must come first and is not told; heartbeats are passed over.
 */
final class Conversation {
    private static final JsonMapper JSON = new JsonMapper();
    /** Begins the word for a frame that none may send. */
    static final String BROKEN = "broken:";

    private static final int MAX_EVENTS = 2_000;

    private final RawSocket socket;
    private final boolean compressed;
    private final boolean serverForgets;
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean messageCompressed;
    private boolean messageOpen;
    private int compressedMessages;

    private Conversation(RawSocket socket, String extensions) {
        this.socket = socket;
        this.compressed = extensions.startsWith("permessage-deflate");
        this.serverForgets = extensions.contains("server_no_context_takeover");
    }

    /** What came, until the connection ended, its last answer came, or the deadline passed. */
    static List<String> play(Case each, Endpoint server) throws IOException {
        HandshakeText handshake = HandshakeText.right();
        if (each.offer().isPresent()) {
            handshake = handshake.offering(each.offer().get());
        }
        try (RawSocket socket = new RawSocket(server.port());
                Deflate deflate = new Deflate()) {
            socket.send(handshake.bytes(server.contextPath()));
            HttpAnswer answer = socket.readAnswer(true);
            assertThat(answer.status()).as(answer.body()).isEqualTo(101);
            String extensions = answer.header("Sec-WebSocket-Extensions").orElse("");
            assertThat(extensions.isEmpty())
                    .as("extensions agreed on")
                    .isEqualTo(each.offer().isEmpty());
            Conversation conversation = new Conversation(socket, extensions);
            conversation.readUntil(deflate, "welcome");
            conversation.events.clear();
            for (byte[] segment : each.segments()) {
                socket.send(segment);
            }
            conversation.readUntil(deflate, Case.LIVES);
            return conversation.events;
        }
    }

    /** Talks on a connection that is open already. */
    static void awaitAnswer(RawSocket socket, String extensions) throws IOException {
        try (Deflate deflate = new Deflate()) {
            Conversation conversation = new Conversation(socket, extensions);
            conversation.readUntil(deflate, "welcome");
            for (int i = 0;
                    i < 3;
                    i++) { // A window that is kept and one that is not differ from the second message on.
                socket.send(ClientFrame.text(Case.LAST));
                conversation.readUntil(deflate, Case.LIVES);
            }
            assertThat(conversation.events).containsExactly("welcome", Case.LIVES, Case.LIVES, Case.LIVES);
            if (conversation.compressed) {
                assertThat(conversation.compressedMessages)
                        .as("messages that came compressed")
                        .isPositive();
            }
        }
    }

    private void readUntil(Deflate deflate, String last) throws IOException {
        while (events.size() < MAX_EVENTS) {
            ServerFrame frame;
            try {
                frame = socket.readFrame();
            } catch (EOFException e) {
                events.add("eof");
                return;
            } catch (SocketTimeoutException e) {
                events.add("silence");
                return;
            } catch (SocketException e) {
                events.add("reset");
                return;
            } catch (BrokenFrameException e) {
                events.add(BROKEN + e.getMessage());
                return;
            }
            int before = events.size();
            note(frame, deflate);
            if (events.size() > before && events.get(before).equals(last)) {
                return;
            }
        }
    }

    private void note(ServerFrame frame, Deflate deflate) {
        switch (frame.opcode()) {
            case ClientFrame.CLOSE -> {
                byte[] payload = frame.payload();
                assertThat(payload.length)
                        .as("length of a Close frame's payload")
                        .isNotEqualTo(1);
                int code = payload.length == 0 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xffff;
                events.add("close:" + code);
                socket.send(ClientFrame.frame(ClientFrame.FIN | ClientFrame.CLOSE, payload));
            }
            case ClientFrame.PONG -> events.add("pongFrame:" + HexFormat.of().formatHex(frame.payload()));
            case ClientFrame.PING -> socket.send(ClientFrame.pong(frame.payload()));
            default -> onData(frame, deflate);
        }
    }

    private void onData(ServerFrame frame, Deflate deflate) {
        assertThat(frame.opcode() == ClientFrame.CONTINUATION)
                .as("a continuation stands in an open message, and nothing else")
                .isEqualTo(messageOpen);
        assertThat(frame.rsv()).as("RSV").isIn(compressed && !messageOpen ? List.of(0, 4) : List.of(0));
        if (!messageOpen) {
            message.reset();
            messageCompressed = frame.rsv() == 4;
        }
        message.writeBytes(frame.payload());
        messageOpen = !frame.fin();
        if (frame.fin()) {
            events.addAll(told(text(deflate)));
        }
    }

    private String text(Deflate deflate) {
        try {
            byte[] bytes = message.toByteArray();
            if (messageCompressed) {
                compressedMessages++;
                if (serverForgets) {
                    deflate.forgetReceived();
                }
                bytes = deflate.inflate(bytes);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (DataFormatException | CharacterCodingException e) {
            throw new AssertionError("the server's message cannot be read", e);
        }
    }

    private static List<String> told(String text) {
        if (text.equals("PONG")) {
            return List.of(text);
        }
        try {
            JsonNode json = JSON.readTree(text);
            String event = json.path("event").asText();
            return switch (event) {
                case "heartbeat" -> List.of();
                case "pong" -> List.of("pong:" + json.path("id").asText());
                case "error" -> List.of("error:" + json.path("code").asText());
                default -> List.of(event);
            };
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
