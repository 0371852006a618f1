package io.agx.market.server.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * From whom a request really comes: who has connected, or, if that is a trusted proxy, whom it says it speaks for. Of anybody else such
 * headers are nobody's word. Immutable.
 */
public final class ClientAddresses {
    /** Hops of one request that are looked at; a chain of proxies has two or three. */
    static final int MAX_HOPS = 16;

    private final List<IpRange> trusted;

    /** @param trusted the proxies whose {@code Forwarded} and {@code X-Forwarded-For} are believed */
    public ClientAddresses(List<IpRange> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    /**
     * The address that limits count. From the last hop back: the first that is no trusted proxy. A chain that cannot be read ends at the hop
     * before, so that nobody gets out of a limit by a broken header.
     */
    IpAddress of(HandshakeRequest request) {
        IpAddress client = peer(request);
        if (!isTrusted(client)) {
            return client;
        }
        List<String> hops = hops(request);
        for (int i = hops.size() - 1; i >= 0 && i >= hops.size() - MAX_HOPS; i--) {
            Optional<IpAddress> hop = address(hops.get(i));
            if (hop.isEmpty()) {
                return client;
            }
            client = hop.get();
            if (!isTrusted(client)) {
                return client;
            }
        }
        return client;
    }

    /** Whether the client's own connection is encrypted: ours is, or the trusted proxy's, as it says. */
    boolean isSecure(HandshakeRequest request) {
        if (request.secure() || !isTrusted(peer(request))) {
            return request.secure();
        }
        String forwarded = last(request.joined("Forwarded"));
        String proto = forwarded.isEmpty() ? last(request.joined("X-Forwarded-Proto")) : parameter(forwarded, "proto");
        return proto.equalsIgnoreCase("https") || proto.equalsIgnoreCase("wss");
    }

    private boolean isTrusted(IpAddress address) {
        return IpRange.anyContains(trusted, address);
    }

    /** A container always tells one; an address that cannot be read counts as one and the same. */
    private static IpAddress peer(HandshakeRequest request) {
        return IpAddress.parse(request.remoteAddress()).orElse(new IpAddress(false, 0, 0));
    }

    private static List<String> hops(HandshakeRequest request) {
        List<String> hops = new ArrayList<>();
        String forwarded = request.joined("Forwarded");
        if (forwarded.isEmpty()) {
            String list = request.joined("X-Forwarded-For");
            return list.isEmpty() ? hops : List.of(list.split(",", -1));
        }
        for (String element : forwarded.split(",", -1)) {
            hops.add(parameter(element, "for"));
        }
        return hops;
    }

    private static String last(String list) {
        return list.substring(list.lastIndexOf(',') + 1).strip();
    }

    /** The value of a parameter of an element of {@code Forwarded} (RFC 7239), without quotes; empty if it has none. */
    private static String parameter(String element, String name) {
        for (String pair : element.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0
                    && pair.substring(0, equals)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .equals(name)) {
                String value = pair.substring(equals + 1).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
        }
        return "";
    }

    /** An address as proxies write it, with or without a port. */
    private static Optional<IpAddress> address(String hop) {
        String text = hop.strip();
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            return IpAddress.parse(text.substring(0, bracket + 1));
        }
        int colon = text.indexOf(':');
        boolean port = colon > 0 && text.indexOf(':', colon + 1) < 0;
        return IpAddress.parse(port ? text.substring(0, colon) : text);
    }
}
