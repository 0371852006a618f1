package io.agx.market.server.websocket;

import io.agx.market.server.gateway.Connection;
import io.agx.market.server.gateway.Gateway;
import io.agx.market.server.handshake.Lease;
import io.agx.market.server.identity.PresentedToken;
import io.agx.market.server.subscriber.Remote;
import io.agx.market.server.subscriber.Transport;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection at {@code /ws}. The container makes an instance per connection, through {@link MarketEndpoints}, and calls it on
 * one thread at a time.
 */
@ServerEndpoint(MarketEndpoints.PATH)
public final class MarketEndpoint {
    /** Name of a session's property: the token that its handshake brought, until it is opened. */
    static final String TOKEN = "market.token";

    private static final Logger LOG = LoggerFactory.getLogger(MarketEndpoint.class);

    private final Gateway gateway;
    private final Function<Session, String> addresses;
    private final Function<Session, Transport> transports;
    private @Nullable Connection connection;
    private Lease lease = Lease.FREE;

    MarketEndpoint(Gateway gateway, Function<Session, String> addresses, Function<Session, Transport> transports) {
        this.gateway = gateway;
        this.addresses = addresses;
        this.transports = transports;
    }

    @OnOpen
    public void onOpen(Session session) {
        if (session.getUserPrincipal() instanceof Lease held) {
            lease = held; // Where the handshake was judged in a filter.
        }
        session.setMaxTextMessageBufferSize(gateway.limits().messageBytes());
        session.setMaxBinaryMessageBufferSize(gateway.limits().messageBytes());
        session.setMaxIdleTimeout(0); // Silence is judged by the subscriber, which also counts pongs.
        Remote remote =
                new Remote(addresses.apply(session), isCompressed(session)); // The transport may forget what tells it.
        Optional<PresentedToken> token = session.getUserProperties().remove(TOKEN) instanceof PresentedToken found
                ? Optional.of(found)
                : Optional.empty();
        connection = gateway.open(transports.apply(session), remote, roomsOf(session), token);
    }

    private static boolean isCompressed(Session session) {
        return session.getNegotiatedExtensions().stream()
                .anyMatch(extension -> extension.getName().equals("permessage-deflate"));
    }

    @OnMessage
    public void onText(String text) {
        if (connection != null) {
            connection.onText(text);
        }
    }

    @OnMessage
    public void onBinary(ByteBuffer bytes) {
        if (connection != null) {
            connection.onBinary();
        }
    }

    @OnMessage
    public void onPong(PongMessage pong) {
        if (connection != null) {
            ByteBuffer payload = pong.getApplicationData();
            connection.onPong(payload.remaining() == Integer.BYTES ? payload.getInt() : 0);
        }
    }

    @OnClose
    public void onClose(CloseReason reason) {
        lease.release();
        if (connection != null) {
            connection.onClose(reason.getCloseCode().getCode(), reason.getReasonPhrase());
            LOG.debug(
                    "closed: connection={} code={}",
                    connection.id(),
                    reason.getCloseCode().getCode());
        }
    }

    /** The peer's fault, as a rule: a broken frame, a reset. The container closes the connection. */
    @OnError
    public void onError(Throwable error) {
        LOG.debug(
                "connection failed: connection={} cause={}",
                connection == null ? "-" : connection.id(),
                error.toString());
    }

    private static List<String> roomsOf(Session session) {
        List<String> rooms = new ArrayList<>();
        for (String list : session.getRequestParameterMap().getOrDefault("rooms", List.of())) {
            for (String room : list.split(",", -1)) {
                if (!room.isEmpty()) {
                    rooms.add(room);
                }
            }
        }
        return rooms;
    }
}
