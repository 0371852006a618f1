package io.agx.market.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.TokenCases.Case;
import io.agx.market.server.identity.TokenCases.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
    private static final long NOW = 1_795_000_000L;
    private static final TokenRules RULES =
            new TokenRules(TokenCases.ISSUER, TokenCases.AUDIENCE, 30_000, TimeUnit.DAYS.toMillis(3_650));

    private static TokenVerifier verifier(TokenCases.Keys keys, TokenRules rules, long nowMillis) throws Exception {
        byte[] text = Jwt.bytes(TokenCases.keyFile(keys));
        KeySource source = keys == TokenCases.Keys.SECRET
                ? FixedKeys.ofSecret(text, "a secret")
                : FixedKeys.of(KeyReader.read(text, true), "keys");
        return new TokenVerifier(source, rules, () -> nowMillis);
    }

    @Test
    void everyTokenGetsItsOwnAnswerInShortTimeAndIsNeverRepeated() throws Exception {
        Map<TokenCases.Keys, CountedAuthenticator> servers = new EnumMap<>(TokenCases.Keys.class);
        for (TokenCases.Keys keys : TokenCases.Keys.values()) {
            servers.put(keys, new CountedAuthenticator(verifier(keys, RULES, NOW * 1_000)));
        }
        List<Case> cases = TokenCases.at(NOW);
        Set<String> wrong = new TreeSet<>();
        long slowestNanos = 0;
        for (Case each : cases) {
            long startNanos = System.nanoTime();
            String answer;
            String message = "";
            try {
                answer = "taken as "
                        + servers.get(each.keys())
                                .authenticate(each.token())
                                .userId()
                                .length();
            } catch (ProtocolException e) {
                answer = e.code().code();
                message = e.getMessage() + e.problem();
            }
            slowestNanos = Math.max(slowestNanos, System.nanoTime() - startNanos);
            String expected =
                    each.refusal() == null ? "taken as " : each.refusal().code();
            if (!answer.startsWith(expected)) {
                wrong.add(each + " -> " + answer + " instead of " + expected);
            }
            for (String part : each.token().split("\\.", -1)) {
                if (part.length() > 12 && message.contains(part)) {
                    wrong.add(each + " is repeated in " + message);
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(262);
        assertThat(slowestNanos).isLessThan(TimeUnit.SECONDS.toNanos(2));
        for (ErrorCode code : ErrorCode.values()) {
            long expected =
                    cases.stream().filter(each -> each.refusal() == code).count();
            assertThat(servers.values().stream()
                            .mapToLong(server -> server.refusedCount(code))
                            .sum())
                    .as("counted %s", code)
                    .isEqualTo(expected);
        }
        assertThat(servers.values().stream()
                        .mapToLong(CountedAuthenticator::acceptedCount)
                        .sum())
                .isEqualTo(cases.stream().filter(each -> each.refusal() == null).count());
        System.out.println("tokens: " + cases.size() + " cases " + TokenCases.count(cases) + ", slowest "
                + TimeUnit.NANOSECONDS.toMicros(slowestNanos) + " us");
    }

    @Test
    void thereAreAsManyCasesOfEachKindAsWerePlanned() {
        Map<Kind, Integer> counts = TokenCases.count(TokenCases.at(NOW));

        assertThat(counts.get(Kind.NONE)).isGreaterThanOrEqualTo(18);
        assertThat(counts.get(Kind.CONFUSION)).isGreaterThanOrEqualTo(15);
        assertThat(counts.get(Kind.KEY_ID)).isGreaterThanOrEqualTo(53);
        assertThat(counts.get(Kind.EMBEDDED_KEY)).isGreaterThanOrEqualTo(24);
        assertThat(counts.get(Kind.WEAK_SECRET)).isGreaterThanOrEqualTo(21);
        assertThat(counts).containsKeys(Kind.values());
    }

    @Test
    void aGoodTokenSaysWhoWhatAndUntilWhen() throws Exception {
        Identity identity = verifier(TokenCases.Keys.SECRET, RULES, NOW * 1_000)
                .authenticate(TokenCases.good("alice", "publish openid notify", NOW + 60));

        assertThat(identity).isEqualTo(new Identity("alice", Set.of(Scope.PUBLISH, Scope.NOTIFY), (NOW + 60) * 1_000));
    }

    @Test
    void aTokenIsGoodUntilItsTimeAndTheLeewayAreOverAndNotAMillisecondLonger() throws Exception {
        String token = TokenCases.good("alice", "", NOW);
        long end = NOW * 1_000 + RULES.leewayMillis();

        assertThat(verifier(TokenCases.Keys.SECRET, RULES, end - 1).authenticate(token))
                .isNotNull();
        assertThat(codeOf(verifier(TokenCases.Keys.SECRET, RULES, end), token)).isEqualTo(ErrorCode.TOKEN_EXPIRED);
    }

    @Test
    void withoutAnAudienceOfItsOwnTheServerIsCalledMarket() throws Exception {
        TokenRules rules = new TokenRules("", "", 0, TimeUnit.DAYS.toMillis(1));
        TokenVerifier verifier = verifier(TokenCases.Keys.SECRET, rules, NOW * 1_000);
        String claims = "{\"sub\":\"a\",\"exp\":" + (NOW + 60);

        assertThat(verifier.authenticate(sign(claims + "}")).userId()).isEqualTo("a");
        assertThat(verifier.authenticate(sign(claims + ",\"aud\":[\"market\",\"x\"]}"))
                        .userId())
                .isEqualTo("a");
        assertThat(codeOf(verifier, sign(claims + ",\"aud\":\"other\"}"))).isEqualTo(ErrorCode.TOKEN_AUDIENCE);
    }

    @Test
    void whatTheIssuerMakesIsTaken() throws Exception {
        TokenIssuer issuer = new TokenIssuer(Jwt.bytes(TokenCases.SECRET), TokenCases.ISSUER, TokenCases.AUDIENCE);
        String token = issuer.issue("alice", Set.of(Scope.ADMIN, Scope.PUBLISH), NOW * 1_000, 60_000);

        assertThat(verifier(TokenCases.Keys.SECRET, RULES, NOW * 1_000).authenticate(token))
                .isEqualTo(new Identity("alice", Set.of(Scope.ADMIN, Scope.PUBLISH), (NOW + 60) * 1_000));
    }

    private static String sign(String claims) {
        return Jwt.hs256(Jwt.bytes(TokenCases.SECRET), "{\"alg\":\"HS256\"}", claims);
    }

    private static ErrorCode codeOf(Authenticator authenticator, String token) {
        return catchThrowableOfType(ProtocolException.class, () -> authenticator.authenticate(token))
                .code();
    }
}
