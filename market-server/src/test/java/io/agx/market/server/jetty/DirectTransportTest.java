package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.room.Publication;
import io.agx.market.server.subscriber.Transport;
import io.agx.market.server.websocket.ContainerSessions;
import jakarta.servlet.ServletContext;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fast transport on a real Jetty and real sockets; the test's thread is the flush thread. */
@Timeout(60)
class DirectTransportTest {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final LinkedBlockingQueue<Transport> opened = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private EmbeddedServer server;

    @BeforeEach
    void start() {
        server = new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS, this::install);
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void messagesOfAWriteArriveAsFramesInOrder() throws Exception {
        try (RawPeer peer = new RawPeer(server.port(), "")) {
            Transport transport = transport();

            assertThat(transport.name()).isEqualTo("fast");
            assertThat(transport.write(messages("one", "two", "three"), unexpected()))
                    .isTrue();
            assertThat(transport.write(messages("four"), unexpected())).isTrue();

            for (String text : List.of("one", "two", "three", "four")) {
                assertThat(peer.next().text()).isEqualTo(text);
            }
        }
    }

    @Test
    void connectionsOfTheSameRoomsGetTheSameBytes() throws Exception {
        try (RawPeer one = new RawPeer(server.port(), "")) {
            Transport first = transport();
            try (RawPeer two = new RawPeer(server.port(), "")) {
                Transport second = transport();
                List<Publication> shared = messages("x".repeat(300), "y");

                first.write(shared, unexpected());
                second.write(List.copyOf(shared), unexpected());
                first.write(messages("other"), unexpected());
                second.write(shared, unexpected());

                assertThat(List.of(
                                one.next().text(), one.next().text(), one.next().text()))
                        .containsExactly("x".repeat(300), "y", "other");
                assertThat(List.of(
                                two.next().text(),
                                two.next().text(),
                                two.next().text(),
                                two.next().text()))
                        .containsExactly("x".repeat(300), "y", "x".repeat(300), "y");
            }
        }
    }

    @Test
    void whatTheSocketDoesNotTakeFollowsWhenThePeerReadsAndJettysFramesFallBetween() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (RawPeer peer = new RawPeer(server.port(), "")) {
            Transport transport = transport();
            List<String> sent = new ArrayList<>();
            LinkedBlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();
            for (int i = 0; i < 10; i++) {
                sent.add("m".repeat(random.nextInt(i % 3 == 0 ? 700_000 : 20_000)));
            }
            peer.send(PING, new byte[] {1});
            boolean ended = transport.write(publications(sent), () -> ends.add(true));
            assertThat(ended).as("2 MB in one write, seed " + seed).isFalse();
            transport.ping(1); // While the write is under way: it must wait for a place between two frames.
            for (byte i = 2; i < 60; i++) {
                peer.send(PING, new byte[] {i});
            }

            List<String> received = new ArrayList<>();
            int pongs = 0;
            boolean pinged = false;
            while (received.size() < sent.size() || pongs < 59 || !pinged) {
                RawPeer.Frame frame = peer.next();
                switch (frame.opcode()) {
                    case TEXT -> received.add(frame.text());
                    case PONG -> assertThat(frame.payload()[0]).isEqualTo((byte) ++pongs);
                    case PING -> pinged = true;
                    default -> throw new AssertionError("opcode " + frame.opcode() + ", seed " + seed);
                }
            }
            assertThat(received).as("seed %d", seed).isEqualTo(sent);
            assertThat(ends.poll(20, TimeUnit.SECONDS)).isTrue();
            // Jetty may not have heard yet that its last pong is written: then it owns the write side for a moment
            // more.
            boolean atOnce = transport.write(messages("after"), () -> ends.add(true));
            assertThat(peer.next().text()).isEqualTo("after");
            assertThat(atOnce ? Boolean.TRUE : ends.poll(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingFollowsACloseFrame() throws Exception {
        try (RawPeer peer = new RawPeer(server.port(), "")) {
            Transport transport = transport();
            transport.write(messages("last"), unexpected());
            transport.close(CloseCode.TOO_SLOW, "because");

            assertThat(transport.write(messages("too late"), unexpected())).isTrue();
            assertThat(peer.next().text()).isEqualTo("last");
            RawPeer.Frame close = peer.next();
            assertThat(close.opcode()).isEqualTo(CLOSE);
            assertThat((close.payload()[0] & 0xff) << 8 | close.payload()[1] & 0xff)
                    .isEqualTo(4003);
            assertThat(peer.isAtEnd()).isTrue();
        }
    }

    @Test
    void anAbortEndsTheStreamBehindWhatIsWrittenWithoutACloseFrame() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (RawPeer peer = new RawPeer(server.port(), "")) {
                Transport transport = transport();
                transport.write(messages("last"), unexpected());
                transport.abort();

                assertThat(peer.next().text()).isEqualTo("last");
                assertThat(peer.isAtEnd()).isTrue();
            }
        }
    }

    @Test
    void aPeerThatNeverAnswersTheCloseIsEndedByTime() throws Exception {
        try (RawPeer peer = new RawPeer(server.port(), "")) {
            transport().close(CloseCode.GOING_AWAY, "stop");

            assertThat(peer.next().opcode()).isEqualTo(CLOSE);
            assertThat(closed.await(20, TimeUnit.SECONDS))
                    .as("onClose after 5 s")
                    .isTrue();
        }
    }

    @Test
    void anAbortAfterTheCloseEndsAPeerThatGoesOnSending() throws Exception {
        try (RawPeer peer = new RawPeer(server.port(), "")) {
            Transport transport = transport();
            transport.close(CloseCode.RATE_LIMIT, "retry after 100 ms");
            assertThat(peer.next().opcode()).isEqualTo(CLOSE);
            peer.send(PONG, new byte[0]);
            transport.abort();

            assertThat(closed.await(4, TimeUnit.SECONDS))
                    .as("onClose before the 5 s of silence")
                    .isTrue();
        }
    }

    @Test
    void aWriteToAPeerThatIsGoneEndsAndTellsTheEndpoint() throws Exception {
        RawPeer peer = new RawPeer(server.port(), "");
        Transport transport = transport();
        LinkedBlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();
        boolean ended = transport.write(publications(List.of("m".repeat(3_000_000))), () -> ends.add(true));
        peer.reset();

        assertThat(ended).isFalse();
        assertThat(ends.poll(20, TimeUnit.SECONDS)).as("the write ended").isTrue();
        assertThat(closed.await(20, TimeUnit.SECONDS)).as("onClose").isTrue();
        assertThat(transport.write(messages("nobody hears it"), unexpected())).isTrue();
    }

    @Test
    void aPublicationIsCompressedOnceForAllWhoNegotiatedIt() throws Exception {
        String text = "{\"event\":\"ticker\",\"data\":{\"last\":\"800.01\"}}".repeat(5);
        Publication shared = publication(text);
        byte[] frame = null;
        for (int i = 0; i < 3; i++) {
            try (RawPeer peer = new RawPeer(server.port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
                Transport transport = transport();
                assertThat(peer.answer)
                        .contains("permessage-deflate", "server_no_context_takeover", "client_no_context_takeover");
                assertThat(transport.name()).isEqualTo("fast");
                transport.write(List.of(shared, publication("x")), unexpected());

                RawPeer.Frame compressed = peer.next();
                assertThat(compressed.firstByte()).isEqualTo(0xc1);
                assertThat(inflated(compressed.payload())).isEqualTo(text);
                assertThat(peer.next().text()).as("too short to shrink").isEqualTo("x");
                assertThat(frame == null || Arrays.equals(frame, compressed.payload()))
                        .isTrue();
                frame = compressed.payload();
            }
        }
    }

    private Transport transport() throws InterruptedException {
        Transport transport = opened.poll(20, TimeUnit.SECONDS);
        assertThat(transport).as("a session opened").isNotNull();
        return transport;
    }

    private void install(ServletContext context, ContainerSessions sessions) {
        ServerContainer container = (ServerContainer) context.getAttribute(ServerContainer.class.getName());
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Silent.class, "/ws")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new Silent(
                                session -> opened.add(sessions.transport(session, () -> {
                                    throw new AssertionError("the portable transport was asked for");
                                })),
                                closed::countDown));
                    }
                })
                .build();
        try {
            container.addEndpoint(config);
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Publication> messages(String... texts) {
        return publications(List.of(texts));
    }

    private static List<Publication> publications(List<String> texts) {
        return texts.stream().map(DirectTransportTest::publication).toList();
    }

    private static Publication publication(String text) {
        return Publication.reply(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Runnable unexpected() {
        return () -> {
            throw new AssertionError("done was called, though the write had ended");
        };
    }

    private static String inflated(byte[] payload) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        byte[] whole = Arrays.copyOf(payload, payload.length + 4);
        whole[payload.length + 2] = (byte) 0xff;
        whole[payload.length + 3] = (byte) 0xff;
        inflater.setInput(whole);
        byte[] text = new byte[10_000];
        int length = inflater.inflate(text);
        inflater.end();
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** Opens a transport, and nothing else. Public and static, because Jetty asks for both. */
    public static final class Silent extends Endpoint {
        private final Consumer<Session> onOpen;
        private final Runnable onClose;

        Silent(Consumer<Session> onOpen, Runnable onClose) {
            this.onOpen = onOpen;
            this.onClose = onClose;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.setMaxIdleTimeout(0);
            onOpen.accept(session);
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            onClose.run();
        }
    }
}
