package io.agx.market.server.cli;

import io.agx.market.client.ClientConfig;
import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.Option;

/** {@code --url} and {@code --token}, shared by the commands that are clients. */
@SuppressWarnings("NullAway.Init") // Set by picocli, both have defaults.
final class ServerOption {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "ws://localhost:8080/ws",
            description = "The server's WebSocket. Default: ${DEFAULT-VALUE}. Env: MARKET_URL.")
    private String url;

    @Option(
            names = "--token",
            paramLabel = "T",
            defaultValue = "",
            description =
                    "Sent to the server, never shown. Env: MARKET_TOKEN, which a list of processes does not show.")
    private String token;

    /** Sent in a header; empty for none. */
    String token() {
        return token;
    }

    /**
     * The address.
     *
     * @throws IllegalArgumentException if it is none; the message does not have the query, which may hold a token
     */
    URI uri() {
        try {
            URI uri = new URI(url);
            return ClientConfig.builder(uri).build().uri();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("--url is no URL: " + e.getReason() + " at character "
                    + (e.getIndex() + 1) + ", expected a form like ws://localhost:8080/ws");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--url: " + e.getMessage());
        }
    }
}
