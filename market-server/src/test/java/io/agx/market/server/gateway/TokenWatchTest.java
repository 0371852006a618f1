package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A connection whose token expires, on clocks that the test moves. */
class TokenWatchTest {
    private static final AccessRules RULES = new AccessRules(false, true, 30_000, 5_000);

    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final Subscriber subscriber = rig.connect(transport);
    private final Access access = new Access(rig.clock::millis, () -> RULES);

    private void watch() {
        subscriber.watch(
                new TokenWatch(subscriber, rig.subscribers::forgetUser, access, () -> RULES, rig.clock::nanos));
    }

    private void grant(long ttlMillis) {
        access.grant(new Identity("alice", Set.of(Scope.PUBLISH), rig.clock.millis() + ttlMillis));
        rig.subscribers.identify(subscriber, "alice");
    }

    private void tickAfter(long millis) {
        subscriber.heard();
        rig.clock.advanceMillis(millis);
        subscriber.heard();
        rig.subscribers.tick();
        rig.publish();
    }

    private long errors() {
        return transport.messages().stream()
                .filter(text -> text.contains("token_expired"))
                .count();
    }

    @Test
    void privateThingsEndWhenTimeAndLeewayAreOverAndTheConnectionAfterTheGrace() {
        grant(60_000);
        watch();
        tickAfter(89_000);
        assertThat(rig.subscribers.ofUser("alice")).containsExactly(subscriber);
        assertThat(errors()).isZero();

        tickAfter(1_000);
        assertThat(rig.subscribers.ofUser("alice")).isEmpty();
        assertThat(errors()).isEqualTo(1);
        assertThat(transport.isOpen()).isTrue();
        assertThatThrownBy(access::require)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOKEN_EXPIRED));

        tickAfter(4_000);
        assertThat(transport.isOpen()).isTrue();
        tickAfter(1_000);
        assertThat(transport.closeCode()).contains(CloseCode.TOKEN_REFUSED);
        assertThat(errors()).isEqualTo(1);
    }

    @Test
    void aRenewalWithinTheGraceKeepsIt() {
        grant(1_000);
        watch();
        tickAfter(31_000);
        assertThat(errors()).isEqualTo(1);
        tickAfter(4_000);
        grant(60_000);
        tickAfter(1_000);
        tickAfter(60_000);

        assertThat(transport.isOpen()).isTrue();
        assertThat(rig.subscribers.ofUser("alice")).containsExactly(subscriber);
        tickAfter(40_000);
        assertThat(errors()).as("told again at the second end").isEqualTo(2);
        assertThat(transport.isOpen()).as("with a whole grace of its own").isTrue();
    }

    @Test
    void whereATokenIsNeededAConnectionWithoutOneEndsAfterTheGrace() {
        watch();
        tickAfter(1_000);
        tickAfter(4_000);
        assertThat(transport.isOpen()).isTrue();
        tickAfter(1_000);

        assertThat(transport.closeCode()).contains(CloseCode.TOKEN_REFUSED);
        assertThat(errors()).isZero();
    }

    @Test
    void aStepOfTheWallClockDoesNotShortenTheGrace() {
        grant(60_000);
        watch();
        rig.clock.stepMillis(3_600_000);
        rig.subscribers.tick();
        rig.publish();

        assertThat(errors()).isEqualTo(1);
        assertThat(transport.isOpen()).isTrue();
    }

    @Test
    void anotherUserIsRefusedAlsoAfterTheFirstOnesTokenHasExpired() {
        grant(1_000);
        rig.clock.advanceMillis(100_000);
        Identity bob = new Identity("bob", Set.of(), rig.clock.millis() + 60_000);

        assertThatThrownBy(() -> access.grant(bob))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThat(access.identity()).isEmpty();
    }
}
