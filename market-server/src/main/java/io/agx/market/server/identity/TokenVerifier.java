package io.agx.market.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.UserIds;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks signed JSON Web Tokens (RFC 7519, with RFC 8725's advice). Thread-safe.
 *
 * <p>In this order: length, form, header, key, signature, claims; so that nobody learns anything about claims without a signature. What a
 * header says never leads to a key of its own, to an address or to a file: it picks among the keys that the server has, each of which is for
 * its own algorithms only. Work is linear in the length, which is bounded, and at most eight signatures are checked.
 */
public final class TokenVerifier implements Authenticator {
    /** What any {@code kid} in use is made of; it is only ever compared. */
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._~:/+=@#-]{1,256}");

    private static final Pattern TYPE = Pattern.compile("(application/)?(at\\+)?jwt");

    /** 9999-12-31T23:59:59Z: a later one is in milliseconds, or nonsense. */
    private static final long MAX_TIME_SECONDS = 253_402_300_799L;

    /** Headers that bring a key or say where one is, and those that change what the rest means. */
    private static final List<String> REFUSED_HEADERS =
            List.of("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty", "epk", "p2s", "p2c");

    private final KeySource keys;
    private final TokenRules rules;
    private final LongSupplier clockMillis;

    /** @param clockMillis the wall clock: tokens are in it */
    public TokenVerifier(KeySource keys, TokenRules rules, LongSupplier clockMillis) {
        this.keys = keys;
        this.rules = rules;
        this.clockMillis = clockMillis;
    }

    @Override
    public Identity authenticate(String token) {
        if (token.length() > ClientCommand.Auth.MAX_TOKEN_LENGTH) {
            throw refused(
                    ErrorCode.TOKEN_TOO_LARGE,
                    "a token may have " + ClientCommand.Auth.MAX_TOKEN_LENGTH + " characters, had " + token.length());
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length == 5) {
            throw refused(ErrorCode.TOKEN_ALGORITHM, "encrypted tokens are not taken");
        }
        if (parts.length != 3) {
            throw TokenJson.malformed("it has " + parts.length + " parts instead of 3");
        }
        Header header = Header.of(TokenJson.object(parts[0], "header"));
        TokenJson.decode(parts[1], "claims"); // What it says is looked at when it is known to be signed.
        byte[] signature = TokenJson.decode(parts[2], "signature");
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        checkSignature(header, signed, signature);
        return identity(TokenJson.object(parts[1], "claims"));
    }

    /** What a header may say. */
    private record Header(
            TokenAlgorithm algorithm, @Nullable String keyId) {
        static Header of(JsonNode header) {
            JsonNode name = header.get("alg");
            if (name == null || !name.isTextual()) {
                throw refused(ErrorCode.TOKEN_ALGORITHM, "the token's header has no alg");
            }
            TokenAlgorithm algorithm = TokenAlgorithm.ofName(name.textValue())
                    .orElseThrow(() -> refused(
                            ErrorCode.TOKEN_ALGORITHM,
                            "the token's alg is none of those that are taken, or none at all"));
            for (String each : REFUSED_HEADERS) {
                if (header.has(each)) {
                    throw refused(ErrorCode.TOKEN_HEADER, "a token's header may not have " + each);
                }
            }
            JsonNode type = header.get("typ");
            if (type != null
                    && !(type.isTextual()
                            && TYPE.matcher(type.textValue().toLowerCase(Locale.ROOT))
                                    .matches())) {
                throw refused(ErrorCode.TOKEN_HEADER, "a token's typ must be JWT or at+jwt where it is told");
            }
            JsonNode id = header.get("kid");
            if (id != null && !(id.isTextual() && KEY_ID.matcher(id.textValue()).matches())) {
                throw refused(
                        ErrorCode.TOKEN_KEY,
                        "a token's kid must be 1 to 256 characters of letters, digits and ._~:/+=@#-");
            }
            return new Header(algorithm, id == null ? null : id.textValue());
        }
    }

    private void checkSignature(Header header, byte[] signed, byte[] signature) {
        KeySet known = keys.current();
        if (!known.mayKnow(header.keyId())) {
            known = keys.newerThan(known);
        }
        if (!known.hasKeyFor(header.algorithm())) {
            throw refused(ErrorCode.TOKEN_ALGORITHM, "the server has no key for the token's alg");
        }
        List<VerificationKey> candidates = known.candidates(header.algorithm(), header.keyId());
        if (candidates.isEmpty()) {
            throw refused(ErrorCode.TOKEN_KEY, "the server has no key of the token's kid for its alg");
        }
        for (VerificationKey each : candidates) {
            if (each.verify(header.algorithm(), signed, signature)) {
                return;
            }
        }
        throw refused(ErrorCode.TOKEN_SIGNATURE, "the token's signature is wrong");
    }

    private Identity identity(JsonNode claims) {
        long now = clockMillis.getAsLong();
        long expires = requireTime(claims, "exp");
        if (expires + rules.leewayMillis() <= now) {
            throw refused(ErrorCode.TOKEN_EXPIRED, "the token has expired");
        }
        if (expires - now > rules.maxLifetimeMillis() + rules.leewayMillis()) {
            throw refused(
                    ErrorCode.TOKEN_CLAIM,
                    "exp may be " + rules.maxLifetimeMillis() / 1_000 + " s ahead, is " + (expires - now) / 1_000);
        }
        for (String each : List.of("nbf", "iat")) {
            if (claims.has(each) && requireTime(claims, each) - rules.leewayMillis() > now) {
                throw refused(ErrorCode.TOKEN_NOT_YET_VALID, "the token's " + each + " is in the future");
            }
        }
        checkIssuer(claims.get("iss"));
        checkAudience(claims.get("aud"));
        return new Identity(userId(claims.get("sub")), scopes(claims), expires);
    }

    private void checkIssuer(@Nullable JsonNode issuer) {
        if (issuer != null && !issuer.isTextual()) {
            throw refused(ErrorCode.TOKEN_CLAIM, "iss must be a string");
        }
        if (!rules.issuer().isEmpty() && (issuer == null || !rules.issuer().equals(issuer.textValue()))) {
            throw refused(ErrorCode.TOKEN_ISSUER, "the token is not of the issuer whose tokens are taken");
        }
    }

    private void checkAudience(@Nullable JsonNode audience) {
        if (audience == null && rules.audience().isEmpty()) {
            return;
        }
        String wanted = rules.audience().isEmpty() ? TokenRules.DEFAULT_AUDIENCE : rules.audience();
        boolean found = false;
        if (audience != null && audience.isArray()) {
            for (JsonNode each : audience) {
                requireText(each, "aud");
                found |= wanted.equals(each.textValue());
            }
        } else if (audience != null) {
            requireText(audience, "aud");
            found = wanted.equals(audience.textValue());
        }
        if (!found) {
            throw refused(ErrorCode.TOKEN_AUDIENCE, "the token is not for this server");
        }
    }

    private static void requireText(JsonNode node, String claim) {
        if (!node.isTextual()) {
            throw refused(ErrorCode.TOKEN_CLAIM, claim + " must be a string or an array of strings");
        }
    }

    private static String userId(@Nullable JsonNode subject) {
        if (subject == null || !subject.isTextual()) {
            throw refused(ErrorCode.TOKEN_CLAIM, "sub must be a string");
        }
        String id = subject.textValue();
        boolean plain = id.codePoints().noneMatch(TokenVerifier::isInvisible) && id.equals(id.strip());
        if (!UserIds.isValid(id) || !plain) {
            throw refused(
                    ErrorCode.TOKEN_CLAIM,
                    "sub must have 1 to " + UserIds.MAX_LENGTH
                            + " characters, none of them invisible and no blank at its ends");
        }
        return id;
    }

    /** What would make two users look alike, or a log line two. */
    private static boolean isInvisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** RFC 8693's {@code scope}, words with blanks between, or an array of words; {@code scp} is what others call it. */
    private static Set<Scope> scopes(JsonNode claims) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String claim : List.of("scope", "scp")) {
            JsonNode value = claims.get(claim);
            if (value != null && value.isArray()) {
                for (JsonNode each : value) {
                    requireText(each, claim);
                    Scope.ofCode(each.textValue()).ifPresent(scopes::add);
                }
            } else if (value != null) {
                requireText(value, claim);
                for (String word : value.textValue().split(" ", -1)) {
                    Scope.ofCode(word).ifPresent(scopes::add);
                }
            }
        }
        return scopes;
    }

    /** A NumericDate in milliseconds: a number, fractions allowed, of this side of the year 10000. */
    private static long requireTime(JsonNode claims, String claim) {
        JsonNode value = claims.get(claim);
        double seconds = value == null || !value.isNumber() ? Double.NaN : value.doubleValue();
        if (!(seconds >= 0 && seconds <= MAX_TIME_SECONDS)) {
            throw refused(
                    ErrorCode.TOKEN_CLAIM, claim + " must be a number of seconds since 1970, 0 to " + MAX_TIME_SECONDS);
        }
        return (long) Math.floor(seconds * 1_000);
    }

    private static ProtocolException refused(ErrorCode code, String message) {
        return new ProtocolException(code, "token", message);
    }
}
