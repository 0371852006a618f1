package io.agx.market.server.websocket;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.gateway.Gateway;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;

/** Puts the endpoint into a container: one way for the embedded server and the WAR. */
public final class MarketEndpoints {
    /** Where the WebSocket is, below the context path. */
    public static final String PATH = "/ws";

    private MarketEndpoints() {}

    /**
     * Adds the endpoint.
     *
     * @param calls closed by the caller, after the last connection was told to close
     * @throws IllegalStateException if the container refuses it
     */
    public static void install(
            ServerContainer container, Gateway gateway, SessionAborter aborter, BlockingCalls calls) {
        container.setDefaultMaxTextMessageBufferSize(gateway.limits().messageBytes());
        container.setDefaultMaxBinaryMessageBufferSize(gateway.limits().messageBytes());
        container.setDefaultMaxSessionIdleTimeout(0);
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(MarketEndpoint.class, PATH)
                .subprotocols(List.of(ServerEvent.PROTOCOL))
                .configurator(new WithGateway(gateway, aborter, calls))
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
        private final SessionAborter aborter;
        private final BlockingCalls calls;

        WithGateway(Gateway gateway, SessionAborter aborter, BlockingCalls calls) {
            this.gateway = gateway;
            this.aborter = aborter;
            this.calls = calls;
        }

        @Override
        public <T> T getEndpointInstance(Class<T> endpointClass) {
            return endpointClass.cast(new MarketEndpoint(gateway, aborter, calls));
        }
    }
}
