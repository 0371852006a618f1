package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which pages may talk to this server. Browsers say in {@code Origin} where a page is from; anybody else sends none. Immutable.
 *
 * <p>A page from here may, and pages from the origins that are listed. {@code *} lists all for what is public: a request that brings a token or
 * a cookie must come from here or be listed by name. An origin is compared as it is, byte for byte, with what browsers send: in lower case, the name in
 * ASCII, the default port left out. So no other spelling of an allowed one is allowed.
 */
public final class OriginPolicy {
    /** Lists every page, for what is public. */
    public static final String ANY = "*";

    /** RFC 6454 section 6.2: scheme, host, and a port that is not the scheme's own. */
    private static final Pattern SERIALIZED =
            Pattern.compile("(https?)://([a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+])(?::([1-9][0-9]{0,4}))?");

    private final Set<String> listed;
    private final ClientAddresses clients;

    /** What an {@code Origin} means for a request. */
    public enum Relation {
        /** There is none: no browser, or a request that a page makes to its own server. */
        NONE,
        /** From here. */
        OWN,
        /** From an origin that may. */
        ALLOWED,
        /** From anywhere else. */
        FOREIGN
    }

    /**
     * @param listed origins such as {@code https://example.com}, or {@link #ANY}
     * @param clients tells whether the client's connection is encrypted
     * @throws IllegalArgumentException if one of them is no origin as browsers send it
     */
    public OriginPolicy(List<String> listed, ClientAddresses clients) {
        listed.forEach(OriginPolicy::check);
        this.listed = Set.copyOf(listed);
        this.clients = clients;
    }

    /** @throws IllegalArgumentException if this can be listed by nobody: it is no origin as browsers send it, and not {@link #ANY} */
    public static void check(String origin) {
        if (!origin.equals(ANY) && !isSerialized(origin)) {
            throw new IllegalArgumentException("origins must be as browsers send them, such as https://example.com"
                    + " or http://localhost:3000, or *, was \"" + Texts.clip(origin) + "\"");
        }
    }

    /** Where the page that makes this request is from. */
    public Relation relation(HandshakeRequest request) {
        List<String> origins = request.all("Origin");
        if (origins.isEmpty()) {
            return Relation.NONE;
        }
        String origin = origins.get(0);
        if (origins.size() > 1 || !isSerialized(origin)) {
            return Relation.FOREIGN;
        }
        if (Optional.of(origin).equals(own(request))) {
            return Relation.OWN;
        }
        boolean any = listed.contains(ANY) && !request.hasCredentials();
        return any || listed.contains(origin) ? Relation.ALLOWED : Relation.FOREIGN;
    }

    private static boolean isSerialized(String origin) {
        var matcher = SERIALIZED.matcher(origin);
        if (!matcher.matches()) {
            return false;
        }
        String port = matcher.group(3);
        boolean isDefault = "http".equals(matcher.group(1)) ? "80".equals(port) : "443".equals(port);
        return !isDefault && (port == null || Integer.parseInt(port) <= 65_535);
    }

    /** The origin of a page that was loaded from where this request goes. */
    private Optional<String> own(HandshakeRequest request) {
        List<String> hosts = request.all("Host");
        if (hosts.size() != 1) {
            return Optional.empty();
        }
        boolean secure = clients.isSecure(request);
        String host = hosts.get(0).strip().toLowerCase(Locale.ROOT);
        String defaultPort = secure ? ":443" : ":80";
        if (host.endsWith(defaultPort)) {
            host = host.substring(0, host.length() - defaultPort.length());
        }
        return Optional.of((secure ? "https://" : "http://") + host);
    }
}
