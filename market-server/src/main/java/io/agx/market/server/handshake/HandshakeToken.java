package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.identity.PresentedToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A handshake's token, and what is left of the handshake without it: a container keeps subprotocols and query for as long as the
 * connection lives, and answers a subprotocol it was offered. So adapters show it the token in one place, {@link #header()}, which it
 * forgets. Immutable. {@link #toString()} does not have the token.
 *
 * @param subprotocols the others that were offered, in order
 * @param query the rest of the query, still encoded; null if there was none
 */
public record HandshakeToken(
        PresentedToken token,
        List<String> subprotocols,
        @Nullable String query) {
    /** Name of the header by which adapters hand the token on. */
    public static final String HEADER = "Authorization";

    /** Name of its parameter in a query. */
    public static final String PARAMETER = "token";

    /** Before the token in an offered subprotocol. */
    static final String SUBPROTOCOL_PREFIX = "bearer.";

    private static final String BEARER = "Bearer ";
    /** No scheme that anyone else has: tells a token of the query from one of the header. */
    private static final String QUERY = "Market-Query ";

    public HandshakeToken {
        subprotocols = List.copyOf(subprotocols);
    }

    /** The value of {@link #HEADER} that tells the token and where it was. */
    public String header() {
        return (token.inQuery() ? QUERY : BEARER) + token.text();
    }

    /** Reads what {@link #header()} made, or a client's own header; nothing if that has another scheme. */
    public static Optional<PresentedToken> fromHeader(@Nullable String header) {
        return after(QUERY, header)
                .map(text -> new PresentedToken(text, true))
                .or(() -> after(BEARER, header).map(text -> new PresentedToken(text.strip(), false)));
    }

    /**
     * The token of a handshake: in {@code Authorization}, else among the subprotocols, else in the query.
     *
     * @param subprotocols all that were offered, in order
     * @throws HeaderSyntaxException if one place has two
     */
    static Optional<HandshakeToken> of(HandshakeRequest request, List<String> subprotocols)
            throws HeaderSyntaxException {
        List<String> headers = request.all(HEADER).stream()
                .flatMap(value -> after(BEARER, value).map(String::strip).stream())
                .toList();
        List<String> offered = subprotocols.stream()
                .filter(name -> name.startsWith(SUBPROTOCOL_PREFIX))
                .map(name -> name.substring(SUBPROTOCOL_PREFIX.length()))
                .toList();
        List<String> parameters = new ArrayList<>();
        String query = withoutToken(request.query(), parameters);
        if (headers.size() > 1 || offered.size() > 1 || parameters.size() > 1) {
            throw new HeaderSyntaxException(ErrorCode.TOKEN_MALFORMED, "there may be one token in one place");
        }
        boolean inQuery = headers.isEmpty() && offered.isEmpty();
        List<String> first = !headers.isEmpty() ? headers : !offered.isEmpty() ? offered : parameters;
        if (first.isEmpty()) {
            return Optional.empty();
        }
        List<String> others = subprotocols.stream()
                .filter(name -> !name.startsWith(SUBPROTOCOL_PREFIX))
                .toList();
        return Optional.of(new HandshakeToken(new PresentedToken(first.get(0), inQuery), others, query));
    }

    /** The query without the parameters called {@value #PARAMETER}; those that have a value are added to the list. */
    private static @Nullable String withoutToken(@Nullable String query, List<String> tokens) {
        if (query == null) {
            return null;
        }
        List<String> kept = new ArrayList<>();
        for (String each : query.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            if (!decoded(name).equals(PARAMETER)) {
                kept.add(each);
            } else if (equals >= 0 && equals < each.length() - 1) {
                tokens.add(decoded(each.substring(equals + 1)));
            }
        }
        return kept.isEmpty() ? null : String.join("&", kept);
    }

    /** Percent-decoded; what is not well encoded stays as it is, and is no token then. */
    private static String decoded(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                plain.append((char) (high * 16 + low));
                i += 2;
            } else {
                plain.append(c == '+' ? ' ' : c);
            }
        }
        return new String(plain.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** What follows the scheme, whose case does not count. */
    private static Optional<String> after(String scheme, @Nullable String header) {
        return header != null && header.regionMatches(true, 0, scheme, 0, scheme.length())
                ? Optional.of(header.substring(scheme.length()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "HandshakeToken[" + token + ", subprotocols=" + Texts.clip(subprotocols.toString()) + "]";
    }
}
