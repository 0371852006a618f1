package io.agx.market.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.identity.PresentedToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeGuardTest {
    private static final List<String> GOOD = List.of(
            "Host: a",
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

    private final HandshakeGuard guard = new HandshakeGuard(Admission.standard(), Optional::empty);

    @Test
    void acceptsTheHandshakeOfTheSpecification() {
        assertThat(judge("GET", GOOD)).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
            assertThat(accepted.deflate()).isEmpty();
            assertThat(accepted.token()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Version: 12 | 426 | Sec-WebSocket-Version must be 13, was \"12\"",
                "Sec-WebSocket-Version: | 426 | Sec-WebSocket-Version must be 13, was \"\"",
                "Upgrade: h2c | 426 | must name websocket, was \"h2c\"",
                "Connection: close | 426 | Connection must name Upgrade, was \"close\"",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ= | 400 | 24 characters), was \"dGhlIHNhbXBsZSBub25jZQ=\"",
                "Sec-WebSocket-Key: !GhlIHNhbXBsZSBub25jZQ== | 400 | 16 bytes in base64",
                "Sec-WebSocket-Key: | 400 | 16 bytes in base64",
            })
    void namesHeaderRuleAndValueOfAWrongHeader(String line, int status, String message) {
        String name = line.substring(0, line.indexOf(':'));
        List<String> lines = new ArrayList<>(GOOD);
        lines.removeIf(each -> each.startsWith(name + ":"));
        Verdict.Refused missing = refused(judge("GET", lines));
        lines.add(line + " ");

        Verdict.Refused wrong = refused(judge("GET", lines));

        assertThat(wrong.status()).isEqualTo(status).isEqualTo(missing.status());
        assertThat(wrong.problem().field())
                .isEqualTo(name)
                .isEqualTo(missing.problem().field());
        assertThat(wrong.problem().message()).contains(message);
        assertThat(missing.problem().message()).contains("was missing");
        assertThat(wrong.headers().containsKey("Upgrade")).isEqualTo(status == 426);
    }

    @Test
    void tellsTheVersionItHas() {
        List<String> lines = new ArrayList<>(GOOD);
        lines.set(3, "Sec-WebSocket-Version: 8");

        assertThat(refused(judge("GET", lines)).headers())
                .containsEntry("Sec-WebSocket-Version", "13")
                .containsEntry("Upgrade", "websocket");
    }

    @Test
    void refusesASecondKey() {
        List<String> lines = new ArrayList<>(GOOD);
        lines.add(lines.get(4));

        assertThat(refused(judge("GET", lines)).problem().message()).contains("came 2 times");
    }

    @Test
    void refusesOtherMethodsAndOlderVersions() {
        assertThat(refused(judge("POST", GOOD)).status()).isEqualTo(405);
        assertThat(refused(judge("POST", GOOD)).headers()).containsEntry("Allow", "GET");
        assertThat(refused(judge("CONNECT", GOOD)).status()).isEqualTo(405);
        assertThat(refused(guard.judge(new HandshakeRequest("GET", "HTTP/1.0", name -> values(GOOD, name))))
                        .status())
                .isEqualTo(426);
    }

    @Test
    void asksNoKeyAndNoUpgradeOfAnExtendedConnect() {
        List<String> lines = List.of("Sec-WebSocket-Version: 13", "Sec-WebSocket-Extensions: permessage-deflate");

        Verdict verdict = guard.judge(new HandshakeRequest("CONNECT", "HTTP/2.0", name -> values(lines, name)));

        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void refusesABody() {
        assertThat(refused(judge("GET", with("Content-Length: 5"))).status()).isEqualTo(400);
        assertThat(refused(judge("GET", with("Transfer-Encoding: chunked"))).status())
                .isEqualTo(400);
        assertThat(judge("GET", with("Content-Length: 0"))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void tellsWhyNoConnectionIsTakenButOnlyOfAValidHandshake() {
        HandshakeGuard draining = new HandshakeGuard(Admission.standard(), () -> Optional.of("stopping"));

        Verdict.Refused valid =
                refused(draining.judge(new HandshakeRequest("GET", "HTTP/1.1", name -> values(GOOD, name))));
        assertThat(valid.status()).isEqualTo(503);
        assertThat(valid.headers()).containsEntry("Retry-After", "1");
        assertThat(valid.problem().code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(valid.problem().message()).contains("stopping");
        assertThat(refused(draining.judge(new HandshakeRequest("GET", "HTTP/1.1", name -> List.of())))
                        .status())
                .isEqualTo(426);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=14",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=015",
                "permessage-deflate; server_max_window_bits=\"\"",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=+15",
                "permessage-deflate; client_max_window_bits=7",
                "permessage-deflate; client_max_window_bits=16",
                "permessage-deflate; client_max_window_bits=08",
                "permessage-deflate; client_max_window_bits=\"\"",
                "permessage-deflate; client_no_context_takeover=1",
                "permessage-deflate; server_no_context_takeover=\"\"",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                "permessage-deflate; client_max_window_bits=10; client_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
                "permessage-deflate; constructor",
                "permessage-deflate; __proto__=1",
                "permessage-bzip2",
                "constructor",
                "toString; valueOf=hasOwnProperty",
            })
    void declinesAnOfferAndTakesTheNextGoodOne(String bad) throws HeaderSyntaxException {
        assertThat(DeflateOffer.firstAcceptable(ExtensionOffers.parse(List.of(bad))))
                .isEmpty();
        assertThat(extensions(bad, "permessage-deflate; client_max_window_bits"))
                .isEqualTo("permessage-deflate; client_max_window_bits");
        assertThat(extensions("x-one;a=b,, " + bad + " , permessage-deflate")).isEqualTo("permessage-deflate");
    }

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate, permessage-deflate",
        "permessage-deflate ; client_max_window_bits = 8, permessage-deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=\"15\", permessage-deflate; client_max_window_bits",
        "permessage-deflate;server_max_window_bits=\"1\\5\", permessage-deflate; server_max_window_bits=15",
        "permessage-deflate;client_no_context_takeover;server_no_context_takeover, "
                + "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    })
    void spellsAGoodOfferPlainly(String offer, String header) {
        assertThat(extensions(offer)).isEqualTo(header);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate;",
                "permessage-deflate; =15",
                "permessage-deflate; server_max_window_bits=",
                "permessage-deflate; server_max_window_bits=\"15",
                "permessage-deflate; server_max_window_bits=\"15\\",
                "permessage-deflate; a=\"1\"2",
                "permessage-deflate client_max_window_bits",
                "@identity",
                ";a",
                "a b",
                "a;b;;c",
                "é",
                "permessage-deflate\u0000",
            })
    void refusesWhatIsNoListOfExtensions(String header) {
        Verdict.Refused refused = refused(judge("GET", with("Sec-WebSocket-Extensions: " + header)));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.problem().code()).isEqualTo(ErrorCode.BAD_FIELD);
        assertThat(refused.problem().field()).isEqualTo("Sec-WebSocket-Extensions");
        assertThat(refused.problem().message()).contains("at character ").hasSizeLessThan(250);
    }

    @Test
    void boundsOffersParametersAndCharacters() {
        assertThat(extensions("a," + "b,".repeat(14) + "permessage-deflate")).isEqualTo("permessage-deflate");
        for (String tooLarge : List.of(
                "a," + "b,".repeat(15) + "permessage-deflate",
                ",".repeat(16) + "permessage-deflate",
                "a" + ";b".repeat(17),
                "a".repeat(4_097),
                "a;b=\"" + "\\".repeat(4_096) + "\"")) {
            Verdict.Refused refused = refused(judge("GET", with("Sec-WebSocket-Extensions: " + tooLarge)));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.problem().code()).isEqualTo(ErrorCode.TOO_LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,a", "a b", ",a", "a,,b", "a,", "a;b", "(a)", "a/b"})
    void refusesWhatIsNoListOfSubprotocols(String header) {
        Verdict.Refused refused = refused(judge("GET", with("Sec-WebSocket-Protocol: " + header)));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.problem().field()).isEqualTo("Sec-WebSocket-Protocol");
    }

    @Test
    void takesSubprotocolsThatItDoesNotHave() {
        assertThat(judge("GET", with("Sec-WebSocket-Protocol: constructor, market.v1+json , x")))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(refused(judge("GET", with("Sec-WebSocket-Protocol: a" + " ".repeat(13_000) + "b")))
                        .problem()
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void completesAnAnswerThatLeavesOutTheWindow() {
        DeflateOffer asked = new DeflateOffer(true, false, true, false);

        assertThat(asked.completed("permessage-deflate;server_no_context_takeover"))
                .isEqualTo("permessage-deflate;server_no_context_takeover; server_max_window_bits=15");
        assertThat(asked.completed("permessage-deflate; server_max_window_bits=15"))
                .isEqualTo("permessage-deflate; server_max_window_bits=15");
        assertThat(new DeflateOffer(false, false, false, false).completed("permessage-deflate"))
                .isEqualTo("permessage-deflate");
    }

    @Test
    void aTokenIsTakenFromEachOfItsPlacesAndLeavesTheOthersAsTheyAre() {
        HandshakeToken header =
                token(with("authorization: bearer a.b.c"), "rooms=x").orElseThrow();
        HandshakeToken subprotocol = token(with("Sec-WebSocket-Protocol: market.v1+json, bearer.a.b.c, other"), null)
                .orElseThrow();
        HandshakeToken query =
                token(GOOD, "rooms=ticker:*,trade:A%2BB&%74oken=a%2eb.c&x").orElseThrow();

        assertThat(header.token()).isEqualTo(new PresentedToken("a.b.c", false));
        assertThat(header.query()).isEqualTo("rooms=x");
        assertThat(subprotocol.token()).isEqualTo(new PresentedToken("a.b.c", false));
        assertThat(subprotocol.subprotocols()).containsExactly("market.v1+json", "other");
        assertThat(query.token()).isEqualTo(new PresentedToken("a.b.c", true));
        assertThat(query.query()).isEqualTo("rooms=ticker:*,trade:A%2BB&x");
        for (HandshakeToken each : List.of(header, subprotocol, query)) {
            assertThat(HandshakeToken.fromHeader(each.header())).contains(each.token());
            assertThat(each.toString()).doesNotContain("a.b.c");
        }
    }

    @Test
    void theHeaderGoesBeforeTheSubprotocolAndThatBeforeTheQuery() {
        List<String> both = with("Sec-WebSocket-Protocol: bearer.second");
        assertThat(token(both, "token=third").orElseThrow().token().text()).isEqualTo("second");
        both.add("Authorization: Bearer first");
        HandshakeToken token = token(both, "token=third&token=").orElseThrow();

        assertThat(token.token().text()).isEqualTo("first");
        assertThat(token.subprotocols()).isEmpty();
        assertThat(token.query()).isNull();
    }

    @Test
    void whatIsNoTokenIsNone() {
        assertThat(token(with("Authorization: Basic eDp5"), "tokens=x&token=&token"))
                .isEmpty();
        assertThat(token(GOOD, "")).isEmpty();
    }

    @Test
    void twoTokensInOnePlaceAreRefusedAndNotRepeated() {
        List<String> headers = with("Authorization: Bearer secret-1");
        headers.add("Authorization: Bearer secret-2");
        for (Verdict each : List.of(
                judge("GET", headers),
                judge("GET", with("Sec-WebSocket-Protocol: bearer.secret-1, bearer.secret-2")),
                judge("GET", with("Sec-WebSocket-Protocol: bearer.secret-1, bearer.secret-1")),
                judge("GET", with("Sec-WebSocket-Protocol: bearer.secret-1 secret-2")),
                judge("GET", GOOD, "token=secret-1&token=secret-2"))) {
            Verdict.Refused refused = refused(each);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.problem().message()).doesNotContain("secret");
        }
    }

    @Test
    void aTokenOfEightKilobytesFitsAmongTheSubprotocols() {
        String token = "x".repeat(8_192);

        assertThat(token(with("Sec-WebSocket-Protocol: market.v1+json, bearer." + token), null)
                        .orElseThrow()
                        .token()
                        .text())
                .isEqualTo(token);
        assertThat(refused(judge("GET", with("Sec-WebSocket-Protocol: bearer." + "x".repeat(12_300))))
                        .problem()
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    private Optional<HandshakeToken> token(List<String> lines, String query) {
        Verdict verdict = judge("GET", lines, query);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).token();
    }

    private String extensions(String... headers) {
        List<String> lines = new ArrayList<>(GOOD);
        for (String header : headers) {
            lines.add("sec-websocket-extensions: " + header);
        }
        return ((Verdict.Accepted) judge("GET", lines)).deflate().orElseThrow().header();
    }

    private static List<String> with(String line) {
        List<String> lines = new ArrayList<>(GOOD);
        lines.add(line);
        return lines;
    }

    private Verdict judge(String method, List<String> lines) {
        return judge(method, lines, null);
    }

    private Verdict judge(String method, List<String> lines, String query) {
        return guard.judge(new HandshakeRequest(method, "HTTP/1.1", query, name -> values(lines, name)));
    }

    private static Verdict.Refused refused(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return (Verdict.Refused) verdict;
    }

    private static List<String> values(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }
}
