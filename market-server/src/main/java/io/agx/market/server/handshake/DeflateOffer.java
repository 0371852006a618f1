package io.agx.market.server.handshake;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An offer of permessage-deflate that this server can accept as it stands (RFC 7692 section 7.1). Immutable.
 *
 * @param serverNoContextTakeover the server must forget its window after each message, and say so
 * @param clientNoContextTakeover the client would forget its own
 * @param serverMaxWindowBits the server must not use a larger window and must say so; only 15 is acceptable, because
 *     {@code java.util.zip.Deflater} has no other
 * @param clientMaxWindowBits whether the client understands a limit to its own window; none is set
 */
public record DeflateOffer(
        boolean serverNoContextTakeover,
        boolean clientNoContextTakeover,
        boolean serverMaxWindowBits,
        boolean clientMaxWindowBits) {
    /** The extension's name. */
    public static final String NAME = "permessage-deflate";

    /** What the response must have if {@link #serverMaxWindowBits()}. */
    public static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";

    private static final String LARGEST_WINDOW = "15";
    private static final Set<String> WINDOWS = Set.of("8", "9", "10", "11", "12", "13", "14", LARGEST_WINDOW);

    /** The first offer that can be accepted: the client wrote them in its order of preference. */
    static Optional<DeflateOffer> firstAcceptable(List<ExtensionOffer> offers) {
        return offers.stream()
                .filter(offer -> offer.name().equals(NAME))
                .flatMap(offer -> of(offer).stream())
                .findFirst();
    }

    /** Nothing if it must be declined: a parameter is unknown, doubled, or has a value that is not valid or cannot be honoured. */
    static Optional<DeflateOffer> of(ExtensionOffer offer) {
        Set<String> names = new HashSet<>();
        for (ExtensionOffer.Parameter parameter : offer.parameters()) {
            if (!names.add(parameter.name()) || !isAcceptable(parameter)) {
                return Optional.empty();
            }
        }
        return Optional.of(new DeflateOffer(
                names.contains("server_no_context_takeover"),
                names.contains("client_no_context_takeover"),
                names.contains(SERVER_MAX_WINDOW_BITS),
                names.contains("client_max_window_bits")));
    }

    private static boolean isAcceptable(ExtensionOffer.Parameter parameter) {
        Optional<String> value = parameter.value();
        return switch (parameter.name()) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
            case SERVER_MAX_WINDOW_BITS -> value.equals(Optional.of(LARGEST_WINDOW));
            case "client_max_window_bits" -> value.isEmpty() || WINDOWS.contains(value.get());
            default -> false;
        };
    }

    /** The offer in its plainest spelling, for a container that reads headers more loosely. */
    public String header() {
        return NAME
                + (serverNoContextTakeover ? "; server_no_context_takeover" : "")
                + (clientNoContextTakeover ? "; client_no_context_takeover" : "")
                + (serverMaxWindowBits ? "; " + SERVER_MAX_WINDOW_BITS + "=" + LARGEST_WINDOW : "")
                + (clientMaxWindowBits ? "; client_max_window_bits" : "");
    }

    /**
     * What a container answered, with the parameter that it had to echo and did not: Jetty leaves it out, though its window is the one
     * that was asked for.
     *
     * @param answered the response's {@code Sec-WebSocket-Extensions}
     */
    public String completed(String answered) {
        boolean missing =
                serverMaxWindowBits && answered.startsWith(NAME) && !answered.contains(SERVER_MAX_WINDOW_BITS);
        return missing ? answered + "; " + SERVER_MAX_WINDOW_BITS + "=" + LARGEST_WINDOW : answered;
    }
}
