package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges a handshake before a container's code reads it. Thread-safe; called on the container's threads, waits for nothing.
 *
 * <p>Containers differ in what they let pass, and some answer with a failure of their own. So what is not a handshake by RFC 6455 section
 * 4.2.1 ends here with a problem that names header, rule and value, and of the extensions the container sees only what can be agreed on.
 * Work is linear in the length of the headers, which is bounded.
 */
public final class HandshakeGuard {
    /** Name of the header of the extensions, which an adapter replaces. */
    public static final String EXTENSIONS = "Sec-WebSocket-Extensions";

    /** Name of the header of the subprotocols, which an adapter replaces where a token is among them. */
    public static final String PROTOCOL = "Sec-WebSocket-Protocol";

    /** Characters of one header, all its lines together: sixteen offers of 255. */
    static final int MAX_HEADER_CHARACTERS = 4_096;

    /** Characters of the subprotocols: with a token among them, and some more, so that one that is too long is told as such. */
    static final int MAX_SUBPROTOCOL_CHARACTERS = MAX_HEADER_CHARACTERS + ClientCommand.Auth.MAX_TOKEN_LENGTH;

    /** Subprotocols of one handshake. There is one that this server has. */
    static final int MAX_SUBPROTOCOLS = 64;

    private static final String VERSION = "Sec-WebSocket-Version";
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String UPGRADE_NAME = "Upgrade";

    private static final Map<String, String> UPGRADE = Map.of(UPGRADE_NAME, "websocket", "Connection", UPGRADE_NAME);
    private static final Map<String, String> UPGRADE_TO_13 =
            Map.of(UPGRADE_NAME, "websocket", "Connection", UPGRADE_NAME, VERSION, "13");
    private static final Map<String, String> ALLOW = Map.of("Allow", "GET");
    private static final Map<String, String> RETRY = Map.of("Retry-After", "1");

    /** 16 bytes in base64 are 22 characters and two of padding. */
    private static final Pattern KEY_FORM = Pattern.compile("[A-Za-z0-9+/]{22}==");

    private final Admission admission;
    private final Supplier<Optional<String>> notTaking;

    /**
     * @param admission who may open a connection
     * @param notTaking why no new connection is taken, or nothing if they are; asked for each handshake that is valid
     */
    public HandshakeGuard(Admission admission, Supplier<Optional<String>> notTaking) {
        this.admission = admission;
        this.notTaking = notTaking;
    }

    /** Judges a request at the WebSocket's path. One that is accepted holds a place of its address until its lease is released. */
    public Verdict judge(HandshakeRequest request) {
        Optional<Verdict> tooMany = admission.takeHandshake(request).map(refused -> refused);
        if (tooMany.isPresent()) {
            return tooMany.get();
        }
        Verdict verdict = judgeForm(request);
        if (verdict instanceof Verdict.Refused refused && refused.status() < 500) {
            admission.counters().count(EdgeCounters.Reason.HANDSHAKE);
        }
        return verdict instanceof Verdict.Accepted accepted
                ? admission
                        .foreign(request)
                        .<Verdict>map(refused -> refused)
                        .orElseGet(() -> connect(request, accepted))
                : verdict;
    }

    private Verdict connect(HandshakeRequest request, Verdict.Accepted accepted) {
        Optional<Lease> lease = admission.connect(request);
        return lease.isPresent()
                ? new Verdict.Accepted(accepted.deflate(), accepted.token(), lease.get())
                : admission.tooManyConnections();
    }

    private Verdict judgeForm(HandshakeRequest request) {
        Optional<Verdict> refusal = request.isExtendedConnect() ? Optional.empty() : upgradeFault(request);
        refusal = refusal.or(() -> versionFault(request));
        if (!request.isExtendedConnect()) {
            refusal = refusal.or(() -> keyFault(request)).or(() -> bodyFault(request));
        }
        return refusal.orElseGet(() -> offers(request));
    }

    private static Optional<Verdict> upgradeFault(HandshakeRequest request) {
        if (!request.method().equals("GET")) {
            return refuse(
                    405,
                    ErrorCode.NOT_SUPPORTED,
                    null,
                    "a WebSocket handshake is a GET, was " + Texts.clip(request.method()),
                    ALLOW);
        }
        if (request.version().equals("HTTP/1.0") || request.version().equals("HTTP/0.9")) {
            return refuse(
                    426,
                    ErrorCode.BAD_FIELD,
                    UPGRADE_NAME,
                    "a WebSocket handshake is of HTTP/1.1, was " + request.version(),
                    UPGRADE_TO_13);
        }
        if (!request.tokens(UPGRADE_NAME).contains("websocket")) {
            return refuse(
                    426,
                    ErrorCode.BAD_FIELD,
                    UPGRADE_NAME,
                    "only WebSocket is spoken here: Upgrade must name websocket, "
                            + was(request.joined(UPGRADE_NAME), request.all(UPGRADE_NAME)),
                    UPGRADE_TO_13);
        }
        if (!request.tokens("Connection").contains("upgrade")) {
            return refuse(
                    426,
                    ErrorCode.BAD_FIELD,
                    "Connection",
                    "Connection must name Upgrade, " + was(request.joined("Connection"), request.all("Connection")),
                    UPGRADE);
        }
        return Optional.empty();
    }

    private static Optional<Verdict> versionFault(HandshakeRequest request) {
        String version = request.joined(VERSION);
        return version.equals("13")
                ? Optional.empty()
                : refuse(
                        426,
                        ErrorCode.BAD_FIELD,
                        VERSION,
                        VERSION + " must be 13, " + was(version, request.all(VERSION)),
                        UPGRADE_TO_13);
    }

    private static Optional<Verdict> keyFault(HandshakeRequest request) {
        List<String> keys = request.all(KEY);
        if (keys.size() == 1 && KEY_FORM.matcher(keys.get(0).strip()).matches()) {
            return Optional.empty();
        }
        String found = keys.size() > 1 ? "came " + keys.size() + " times" : was(request.joined(KEY), keys);
        return refuse(
                400,
                ErrorCode.BAD_FIELD,
                KEY,
                KEY + " must come once and be 16 bytes in base64 (24 characters), " + found,
                Map.of());
    }

    /** Bytes behind a handshake are frames for one reader and a body for another: a way to smuggle. */
    private static Optional<Verdict> bodyFault(HandshakeRequest request) {
        String length = request.joined("Content-Length");
        if (request.all("Transfer-Encoding").isEmpty() && (length.isEmpty() || length.equals("0"))) {
            return Optional.empty();
        }
        return refuse(400, ErrorCode.BAD_FIELD, "Content-Length", "a WebSocket handshake has no body", Map.of());
    }

    private Verdict offers(HandshakeRequest request) {
        List<String> subprotocols;
        try {
            subprotocols = subprotocols(request);
        } catch (HeaderSyntaxException e) {
            boolean secret = request.joined(PROTOCOL).contains(HandshakeToken.SUBPROTOCOL_PREFIX);
            return malformed(PROTOCOL, secret ? new HeaderSyntaxException(e.code(), "it is no list of names") : e);
        }
        Optional<HandshakeToken> token;
        try {
            token = HandshakeToken.of(request, subprotocols);
        } catch (HeaderSyntaxException e) {
            return malformed(HandshakeToken.HEADER, e);
        }
        return extensions(request, token);
    }

    private static List<String> subprotocols(HandshakeRequest request) throws HeaderSyntaxException {
        Set<String> names = new LinkedHashSet<>();
        checkLength(request.all(PROTOCOL), MAX_SUBPROTOCOL_CHARACTERS);
        for (String line : request.all(PROTOCOL)) {
            HeaderReader reader = new HeaderReader(line);
            do {
                String name = reader.token();
                if (!names.add(name)) {
                    throw new HeaderSyntaxException(
                            ErrorCode.BAD_FIELD, "each may come once, " + shown(name) + " came twice");
                }
                if (names.size() > MAX_SUBPROTOCOLS) {
                    throw new HeaderSyntaxException(
                            ErrorCode.TOO_LARGE, "at most " + MAX_SUBPROTOCOLS + " subprotocols are taken");
                }
            } while (reader.take(','));
            if (!reader.isAtEnd()) {
                throw reader.unexpected("a comma");
            }
        }
        return List.copyOf(names);
    }

    private static String shown(String subprotocol) {
        return subprotocol.startsWith(HandshakeToken.SUBPROTOCOL_PREFIX)
                ? "a token"
                : "\"" + Texts.clip(subprotocol) + "\"";
    }

    private Verdict extensions(HandshakeRequest request, Optional<HandshakeToken> token) {
        Optional<DeflateOffer> deflate;
        try {
            checkLength(request.all(EXTENSIONS), MAX_HEADER_CHARACTERS);
            deflate = DeflateOffer.firstAcceptable(ExtensionOffers.parse(request.all(EXTENSIONS)));
        } catch (HeaderSyntaxException e) {
            return malformed(EXTENSIONS, e);
        }
        return notTaking
                .get()
                .flatMap(reason ->
                        refuse(503, ErrorCode.SHUTTING_DOWN, null, "no new connection is taken now: " + reason, RETRY))
                .orElseGet(() -> new Verdict.Accepted(deflate, token, Lease.FREE));
    }

    private static void checkLength(List<String> lines, int most) throws HeaderSyntaxException {
        long characters = lines.stream().mapToLong(String::length).sum();
        if (characters > most) {
            throw new HeaderSyntaxException(
                    ErrorCode.TOO_LARGE, "at most " + most + " characters are taken, was " + characters);
        }
    }

    private static Verdict malformed(String header, HeaderSyntaxException e) {
        return new Verdict.Refused(400, new Problem(e.code(), header, header + ": " + e.getMessage()), Map.of());
    }

    private static Optional<Verdict> refuse(
            int status, ErrorCode code, @Nullable String field, String message, Map<String, String> headers) {
        return Optional.of(new Verdict.Refused(status, new Problem(code, field, message), headers));
    }

    private static String was(String value, List<String> lines) {
        return lines.isEmpty() ? "was missing" : "was \"" + Texts.clip(value) + "\"";
    }
}
