package io.agx.market.server.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is to be known of a request to judge it, a handshake or not.
 *
 * @param method such as {@code GET}
 * @param version such as {@code HTTP/1.1}
 * @param query what follows the question mark, still encoded; null if there is none
 * @param headers all values of a header, by any spelling of its name; empty if it is absent
 * @param remoteAddress who has connected: an IP address as text
 * @param secure whether this connection is encrypted
 */
public record HandshakeRequest(
        String method,
        String version,
        @Nullable String query,
        Function<String, List<String>> headers,
        String remoteAddress,
        boolean secure) {
    private static final Pattern TOKEN_PARAMETER = Pattern.compile("(?:^|&)token=");

    /** A plain request from this machine. */
    public HandshakeRequest(
            String method, String version, @Nullable String query, Function<String, List<String>> headers) {
        this(method, version, query, headers, "127.0.0.1", false);
    }

    /** A plain request from this machine, without a query. */
    public HandshakeRequest(String method, String version, Function<String, List<String>> headers) {
        this(method, version, null, headers);
    }

    List<String> all(String name) {
        return headers.apply(name);
    }

    /** All occurrences as one list (RFC 9110 section 5.3), without blanks at its ends; empty if there are none. */
    String joined(String name) {
        return String.join(", ", all(name)).strip();
    }

    /** The elements of a list of tokens, in lower case. */
    List<String> tokens(String name) {
        List<String> tokens = new ArrayList<>();
        for (String each : joined(name).split(",", -1)) {
            tokens.add(each.strip().toLowerCase(Locale.ROOT));
        }
        return tokens;
    }

    /** Whether it says who sends it: a token in any of its places, or a cookie, which a browser adds by itself. */
    public boolean hasCredentials() {
        return !all("Authorization").isEmpty()
                || !all("Cookie").isEmpty()
                || (query != null && TOKEN_PARAMETER.matcher(query).find())
                || tokens("Sec-WebSocket-Protocol").stream().anyMatch(name -> name.startsWith("bearer."));
    }

    /** Whether it wants to become a WebSocket. */
    public boolean asksForWebSocket() {
        return tokens("Upgrade").contains("websocket");
    }

    /** Over HTTP/2 and later the handshake is a CONNECT without key and upgrade (RFC 8441 section 5). */
    boolean isExtendedConnect() {
        return method.equals("CONNECT") && (version.startsWith("HTTP/2") || version.startsWith("HTTP/3"));
    }
}
