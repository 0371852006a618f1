package io.agx.market.server.cli;

import io.agx.market.client.ClientConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

    /**
     * The address with the token.
     *
     * @throws IllegalArgumentException if it is none; the message does not have the query, which may hold a token
     */
    URI uri() {
        URI uri;
        try {
            uri = new URI(url);
            ClientConfig.builder(uri).build();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("--url is no URL: " + e.getReason() + " at character "
                    + (e.getIndex() + 1) + ", expected a form like ws://localhost:8080/ws");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--url: " + e.getMessage());
        }
        if (token.isEmpty()) {
            return uri;
        }
        String encoded = URLEncoder.encode(token, StandardCharsets.UTF_8);
        return URI.create(uri + (uri.getRawQuery() == null ? "?" : "&") + "token=" + encoded);
    }
}
