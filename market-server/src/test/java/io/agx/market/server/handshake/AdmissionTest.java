package io.agx.market.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.server.handshake.OriginPolicy.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final List<String> GOOD = List.of(
            "Host: market.example:8080",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

    private long nowNanos = Long.MAX_VALUE - 5; // A monotonic clock may overflow.

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "2001:db8::1%eth0, 2001:DB8::0001",
        "::, 0:0:0:0:0:0:0:0",
        "::1, 0:0:0:0:0:0:0:1",
        "1::, 1:0:0:0:0:0:0:0",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
    })
    void addressesAreTheSameHoweverTheyAreWritten(String text, String same) {
        assertThat(IpAddress.parse(text)).isPresent().isEqualTo(IpAddress.parse(same));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.-4",
                "1.2.3.4:80",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "::1.2.3",
                "1.2.3.4::",
                "unknown",
                "_hidden",
                "1:2:3:4:5:6:7::8",
                "٣.1.1.1"
            })
    void whatIsNoAddressIsNone(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @Test
    void rangesHoldTheAddressesThatBeginAlike() {
        List<IpRange> ranges = IpRange.parseAll("f", " 10.0.0.0/8, 2001:db8::/65 ,192.0.2.7");

        for (String in : List.of("10.255.0.1", "::ffff:10.0.0.1", "2001:db8::7fff:ffff:ffff:ffff", "192.0.2.7")) {
            assertThat(IpRange.anyContains(ranges, address(in))).as(in).isTrue();
        }
        for (String out : List.of("11.0.0.0", "2001:db8::8000:0:0:0", "2001:db9::", "192.0.2.6", "::10.0.0.1")) {
            assertThat(IpRange.anyContains(ranges, address(out))).as(out).isFalse();
        }
        assertThat(IpRange.anyContains(IpRange.parseAll("f", "0.0.0.0/0,::/0"), address("8.8.8.8")))
                .isTrue();
        for (String wrong : List.of("10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "a")) {
            assertThatThrownBy(() -> IpRange.parseAll("trusted-proxies", wrong))
                    .hasMessageContaining("trusted-proxies must be")
                    .hasMessageContaining(wrong);
        }
    }

    @Test
    void whoIsNoTrustedProxySpeaksForHimselfOnly() {
        assertThat(client("192.0.2.1", "X-Forwarded-For: 198.51.100.1")).isEqualTo(address("192.0.2.1"));
        assertThat(client("192.0.2.1", "Forwarded: for=198.51.100.1")).isEqualTo(address("192.0.2.1"));
    }

    @Test
    void aTrustedProxyTellsWhoItSpeaksForAndWhatThatOneMadeUpCountsNothing() {
        assertThat(client("10.0.0.1", "X-Forwarded-For: 198.51.100.1")).isEqualTo(address("198.51.100.1"));
        assertThat(client("10.0.0.1", "X-Forwarded-For: 127.0.0.1, 198.51.100.1"))
                .isEqualTo(address("198.51.100.1"));
        assertThat(client("10.0.0.1", "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 10.0.0.2"))
                .isEqualTo(address("198.51.100.1"));
        assertThat(client("10.0.0.1", "Forwarded: for=\"[2001:db8::1]:4711\";proto=https"))
                .isEqualTo(address("2001:db8::1"));
        assertThat(client("10.0.0.1", "Forwarded: for=198.51.100.1:80", "X-Forwarded-For: 203.0.113.9"))
                .as("the standard's header goes first")
                .isEqualTo(address("198.51.100.1"));
        assertThat(client("10.0.0.1", "X-Forwarded-For: 198.51.100.1, unknown")).isEqualTo(address("10.0.0.1"));
        assertThat(client("10.0.0.1")).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void anAddressHasSoManyConnectionsAndItsNetworkOfIpv6Counts() {
        Admission admission = admission(new AddressLimits(2, 0, 1, IpRange.parseAll("f", "127.0.0.0/8")));
        HandshakeGuard guard = new HandshakeGuard(admission, Optional::empty);

        Verdict first = guard.judge(from("2001:db8::1", GOOD));
        Verdict second = guard.judge(from("2001:db8::2", GOOD));
        Verdict.Refused third = (Verdict.Refused) guard.judge(from("2001:db8::3", GOOD));

        assertThat(first).isInstanceOf(Verdict.Accepted.class);
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.headers()).containsEntry("Retry-After", "5");
        assertThat(third.problem().message()).contains("2 connections");
        assertThat(guard.judge(from("2001:db8:0:1::1", GOOD))).isInstanceOf(Verdict.Accepted.class);
        ((Verdict.Accepted) second).lease().release();
        ((Verdict.Accepted) second).lease().release();
        assertThat(guard.judge(from("2001:db8::3", GOOD))).isInstanceOf(Verdict.Accepted.class);
        assertThat(guard.judge(from("2001:db8::4", GOOD))).isInstanceOf(Verdict.Refused.class);
        for (int i = 0; i < 10; i++) {
            assertThat(guard.judge(from("127.0.0.1", GOOD))).isInstanceOf(Verdict.Accepted.class);
        }
        assertThat(admission.counters().of(EdgeCounters.Reason.CONNECTIONS_PER_ADDRESS))
                .isEqualTo(2);
    }

    @Test
    void anAddressBeginsSoManyHandshakesAndIsToldWhenToComeBack() {
        Admission admission = admission(new AddressLimits(0, 2, 3, List.of()));
        HandshakeGuard guard = new HandshakeGuard(admission, Optional::empty);

        for (int i = 0; i < 3; i++) {
            assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Accepted.class);
        }
        Verdict.Refused refused = (Verdict.Refused) guard.judge(from("192.0.2.1", GOOD));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.headers()).containsEntry("Retry-After", "1");
        assertThat(refused.problem().message()).contains("2 handshakes per second, 3 at once");
        assertThat(guard.judge(from("192.0.2.2", GOOD))).isInstanceOf(Verdict.Accepted.class);
        nowNanos += 500_000_000;
        assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Accepted.class);
        assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Refused.class);
        assertThat(admission.counters().of(EdgeCounters.Reason.HANDSHAKE_RATE)).isEqualTo(2);
    }

    @Test
    void otherRulesHoldFromTheNextHandshakeOnAndCountWhoIsThere() {
        Admission admission = admission(AddressLimits.NONE);
        HandshakeGuard guard = new HandshakeGuard(admission, Optional::empty);
        List<Verdict> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(guard.judge(from("192.0.2.1", GOOD)));
        }
        assertThat(held).allMatch(verdict -> verdict instanceof Verdict.Accepted);

        ClientAddresses behind = new ClientAddresses(IpRange.parseAll("f", "10.0.0.0/8"));
        admission.change(
                behind, new OriginPolicy(List.of("https://a.example"), behind), new AddressLimits(3, 0, 1, List.of()));

        assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Refused.class);
        List<String> forwarded = new ArrayList<>(GOOD);
        forwarded.add("X-Forwarded-For: 192.0.2.1");
        assertThat(guard.judge(from("10.0.0.1", forwarded)))
                .as("the proxy's word counts")
                .isInstanceOf(Verdict.Refused.class);
        forwarded.set(forwarded.size() - 1, "Origin: https://a.example");
        assertThat(guard.judge(from("192.0.2.7", forwarded))).isInstanceOf(Verdict.Accepted.class);
        ((Verdict.Accepted) held.get(0)).lease().release();
        assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Accepted.class);

        admission.change(behind, new OriginPolicy(List.of(), behind), new AddressLimits(0, 1, 2, List.of()));
        assertThat(guard.judge(from("192.0.2.7", forwarded))).isInstanceOf(Verdict.Refused.class);
        nowNanos += 10_000_000_000L;
        for (int i = 0; i < 2; i++) {
            assertThat(guard.judge(from("192.0.2.1", GOOD))).isInstanceOf(Verdict.Accepted.class);
        }
        assertThat(guard.judge(from("192.0.2.1", GOOD))).as("of a burst of two").isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void theTableForgetsAddressesAndIsBounded() {
        Admission admission = admission(new AddressLimits(5, 10, 10, List.of()));
        HandshakeGuard guard = new HandshakeGuard(admission, Optional::empty);
        Verdict.Accepted kept = (Verdict.Accepted) guard.judge(from("192.0.2.1", GOOD));
        for (int i = 0; i < AddressTable.MAX_IDLE + 1_000; i++) {
            String other = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            guard.judge(from(other, List.of("Host: a")));
        }
        assertThat(admission.addressCount()).isLessThanOrEqualTo(AddressTable.MAX_IDLE + 1);
        nowNanos += 2_000_000_000L;
        guard.judge(from("192.0.2.9", List.of("Host: a")));
        assertThat(admission.addressCount())
                .as("the one that is connected, and the last")
                .isEqualTo(2);
        kept.lease().release();
        assertThat(admission.addressCount()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "*",
                "http://evil.example",
                "https://market.example:8080",
                "http://market.example",
                "http://market.example:80",
                "http://MARKET.example:8080",
                "HTTP://market.example:8080",
                "http://market.example.:8080",
                "http://a@market.example:8080",
                "http://market.example:8080/",
                "http://market.example:8080 ",
                "http://x.market.example:8080",
                "http://market.example:8080.evil.example",
                "http://m\u00e4rket.example:8080",
                "https://shop.example:443",
                "https://shop.example.",
                "https://shop.example:444",
                "http://shop.example",
                "https://Shop.example",
                "file://"
            })
    void pagesFromElsewhereAreForeignHoweverTheySpellIt(String origin) {
        assertThat(relation("Origin: " + origin)).isEqualTo(Relation.FOREIGN);
    }

    @Test
    void pagesFromHereAndListedOnesAreKnown() {
        assertThat(relation()).isEqualTo(Relation.NONE);
        assertThat(relation("Origin: http://market.example:8080")).isEqualTo(Relation.OWN);
        assertThat(relation("Origin: https://shop.example")).isEqualTo(Relation.ALLOWED);
        assertThat(relation("Origin: https://shop.example", "Cookie: a=b")).isEqualTo(Relation.ALLOWED);
        assertThat(relation("Origin: https://shop.example", "Origin: https://shop.example"))
                .isEqualTo(Relation.FOREIGN);
    }

    @Test
    void behindATrustedProxyTheClientsOwnSchemeCounts() {
        ClientAddresses clients = new ClientAddresses(IpRange.parseAll("f", "10.0.0.0/8"));
        OriginPolicy policy = new OriginPolicy(List.of(), clients);
        List<String> lines =
                List.of("Host: market.example:443", "Origin: https://market.example", "X-Forwarded-Proto: https");

        assertThat(policy.relation(from("10.0.0.1", lines))).isEqualTo(Relation.OWN);
        assertThat(policy.relation(from("192.0.2.1", lines))).isEqualTo(Relation.FOREIGN);
    }

    @Test
    void anyPageMayReadIfAllAreListedButNoneWithSomebodysCredentials() {
        ClientAddresses clients = new ClientAddresses(List.of());
        OriginPolicy policy = new OriginPolicy(List.of("*", "https://shop.example"), clients);

        assertThat(policy.relation(from("192.0.2.1", List.of("Host: a", "Origin: http://any.example"))))
                .isEqualTo(Relation.ALLOWED);
        for (String credentials :
                List.of("Cookie: a=b", "Authorization: Bearer x", "Sec-WebSocket-Protocol: market.v1+json, Bearer.x")) {
            assertThat(policy.relation(
                            from("192.0.2.1", List.of("Host: a", "Origin: http://any.example", credentials))))
                    .as(credentials)
                    .isEqualTo(Relation.FOREIGN);
            assertThat(policy.relation(
                            from("192.0.2.1", List.of("Host: a", "Origin: https://shop.example", credentials))))
                    .isEqualTo(Relation.ALLOWED);
        }
        HandshakeRequest withToken = new HandshakeRequest(
                "GET",
                "HTTP/1.1",
                "rooms=a&token=x",
                name -> values(List.of("Host: a", "Origin: http://any.example"), name),
                "192.0.2.1",
                false);
        assertThat(policy.relation(withToken)).isEqualTo(Relation.FOREIGN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"shop.example", "https://shop.example/", "https://*.example", "ftp://a", "null", "https://a:443"
            })
    void anOriginThatNoBrowserSendsIsNotTakenOn(String origin) {
        assertThatThrownBy(() -> new OriginPolicy(List.of(origin), new ClientAddresses(List.of())))
                .hasMessageContaining("origins must be as browsers send them")
                .hasMessageContaining(origin);
    }

    private Admission admission(AddressLimits limits) {
        ClientAddresses clients = new ClientAddresses(List.of());
        return new Admission(clients, new OriginPolicy(List.of(), clients), limits, () -> nowNanos);
    }

    private static Relation relation(String... more) {
        List<String> lines = new ArrayList<>(GOOD);
        lines.addAll(List.of(more));
        return new OriginPolicy(List.of("https://shop.example"), new ClientAddresses(List.of()))
                .relation(from("192.0.2.1", lines));
    }

    private static IpAddress client(String peer, String... headers) {
        return new ClientAddresses(IpRange.parseAll("f", "10.0.0.0/8")).of(from(peer, List.of(headers)));
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text).orElseThrow();
    }

    private static HandshakeRequest from(String address, List<String> lines) {
        return new HandshakeRequest("GET", "HTTP/1.1", "", name -> values(lines, name), address, false);
    }

    private static List<String> values(List<String> lines, String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ": ";
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }
}
