package io.agx.market.server.websocket;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.gateway.Gateway;
import io.agx.market.server.handshake.HandshakeToken;
import io.agx.market.server.subscriber.Transport;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.function.Function;

/** Puts the endpoint into a container: one way for the embedded server and the WAR. */
public final class MarketEndpoints {
    /** Where the WebSocket is, below the context path. */
    public static final String PATH = "/ws";

    private MarketEndpoints() {}

    /**
     * Adds the endpoint.
     *
     * @param sessions what this container can do with them
     * @param calls closed by the caller, after the last connection was told to close
     * @throws IllegalStateException if the container refuses it
     */
    public static void install(
            ServerContainer container, Gateway gateway, ContainerSessions sessions, BlockingCalls calls) {
        container.setDefaultMaxTextMessageBufferSize(gateway.limits().messageBytes());
        container.setDefaultMaxBinaryMessageBufferSize(gateway.limits().messageBytes());
        container.setDefaultMaxSessionIdleTimeout(0);
        gateway.alsoTell(sessions::limits);
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(MarketEndpoint.class, PATH)
                .subprotocols(List.of(ServerEvent.PROTOCOL))
                .configurator(new WithGateway(
                        gateway,
                        sessions,
                        session -> sessions.transport(session, () -> new JakartaTransport(session, sessions, calls))))
                .build();
        try {
            container.addEndpoint(config);
        } catch (DeploymentException e) {
            throw new IllegalStateException("the WebSocket endpoint " + PATH + " cannot be added", e);
        }
    }

    /** Gives each connection's endpoint the gateway: constructor injection. */
    private static final class WithGateway extends ServerEndpointConfig.Configurator {
        private final Gateway gateway;
        private final ContainerSessions sessions;
        private final Function<Session, Transport> transports;

        WithGateway(Gateway gateway, ContainerSessions sessions, Function<Session, Transport> transports) {
            this.gateway = gateway;
            this.sessions = sessions;
            this.transports = transports;
        }

        @Override
        public <T> T getEndpointInstance(Class<T> endpointClass) {
            return endpointClass.cast(new MarketEndpoint(gateway, sessions::address, transports));
        }

        /** The properties are those of this one connection (Jakarta WebSocket 2.1); the endpoint takes the token out. */
        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            List<String> values = request.getHeaders().getOrDefault(HandshakeToken.HEADER, List.of());
            HandshakeToken.fromHeader(values.isEmpty() ? null : values.get(0))
                    .ifPresent(token -> config.getUserProperties().put(MarketEndpoint.TOKEN, token));
        }
    }
}
