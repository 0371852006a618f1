package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client that says who it is. */
class TokenTest {
    private final ManualClient rig = new ManualClient();
    private final List<String> given = new ArrayList<>();

    private String next() {
        given.add("token-" + (given.size() + 1));
        return given.get(given.size() - 1);
    }

    private ClientConfig.Builder withSupplier() {
        return ManualClient.config().tokenSupplier(this::next);
    }

    private void authenticated(long millis, @Nullable RequestId id) {
        rig.network
                .last()
                .receive(new ServerEvent.Authenticated(
                        id, "alice", rig.timers.epochMillis() + millis, List.of("publish")));
    }

    private List<ClientCommand.Auth> renewals() {
        return rig.network.last().commands().stream()
                .filter(ClientCommand.Auth.class::isInstance)
                .map(ClientCommand.Auth.class::cast)
                .toList();
    }

    @Test
    void aTokenIsAskedForAtEachConnectionAndIsNotInTheAddress() throws Exception {
        rig.live(withSupplier());
        rig.network.last().end(1012, "restart");
        rig.timers.advance(1_000);

        assertThat(rig.network.links).extracting(link -> link.token).containsExactly("token-1", "token-2");
        assertThat(rig.network.last().uri.toString()).doesNotContain("token");
    }

    @Test
    void aClientWithoutATokenSendsNone() throws Exception {
        rig.live();

        assertThat(rig.network.last().token).isEmpty();
    }

    @Test
    void aSupplierThatFailsIsAnAttemptThatFailedAndItsMessageIsNotTold() throws Exception {
        List<Exception> failures = new ArrayList<>(List.of(new IOException("secret")));
        CompletableFuture<MarketClient> connecting =
                rig.connect(ManualClient.config().tokenSupplier(() -> {
                    if (!failures.isEmpty()) {
                        throw failures.remove(0);
                    }
                    return next();
                }));
        rig.timers.run();
        assertThat(rig.network.attempts()).isZero();
        assertThat(rig.lifecycle).hasSize(1).first().isInstanceOfSatisfying(LifecycleEvent.Unreachable.class, event -> {
            assertThat(event.reason()).contains("IOException").doesNotContain("secret");
            assertThat(event.willRetry()).isTrue();
        });

        rig.timers.advance(1_000);
        rig.network.last().welcome(Markets.EPOCH);
        assertThat(connecting.get(5, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aTokenIsRenewedOnTheSameConnectionWhenFourFifthsOfItsTimeAreOver() throws Exception {
        rig.live(withSupplier());
        authenticated(10_000, null);
        assertThat(rig.lifecycle)
                .contains(new LifecycleEvent.Authenticated(
                        "alice", rig.timers.epochMillis() + 10_000, List.of("publish")));
        rig.timers.advance(7_900);
        assertThat(renewals()).isEmpty();
        rig.timers.advance(200);

        assertThat(renewals()).extracting(ClientCommand.Auth::token).containsExactly("token-2");
        authenticated(3_600_000, renewals().get(0).id());
        assertThat(rig.network.attempts()).isEqualTo(1);
    }

    @Test
    void aTokenThatLastsNoLongerIsShownOnce() throws Exception {
        rig.live(withSupplier());
        long expires = rig.timers.epochMillis() + 10_000;
        authenticated(10_000, null);
        rig.timers.advance(8_100);
        rig.network
                .last()
                .receive(new ServerEvent.Authenticated(renewals().get(0).id(), "alice", expires, List.of()));
        rig.timers.advance(1_900);

        assertThat(renewals()).hasSize(1);
    }

    @Test
    void aRefusedRenewalIsToldAndTheConnectionStays() throws Exception {
        rig.live(withSupplier());
        authenticated(10_000, null);
        rig.timers.advance(8_100);
        rig.network
                .last()
                .receive(ServerEvent.ErrorEvent.of(renewals().get(0).id(), ErrorCode.TOKEN_SIGNATURE, "wrong"));

        assertThat(rig.lifecycle).contains(new LifecycleEvent.NotRenewed("token_signature", "token_signature: wrong"));
        assertThat(rig.network.attempts()).isEqualTo(1);
    }

    @Test
    void afterARefusalAnotherTokenIsShownOnceAndThenTheClientEnds() {
        CompletableFuture<MarketClient> connecting = rig.connect(withSupplier());
        rig.timers.run();
        refuse();
        rig.timers.advance(1_000);
        assertThat(rig.network.links).extracting(link -> link.token).containsExactly("token-1", "token-2");
        refuse();
        rig.timers.advance(60_000);

        assertThat(rig.network.attempts()).isEqualTo(2);
        assertThatThrownBy(() -> connecting.get(5, TimeUnit.SECONDS)).hasMessageContaining("4001");
    }

    @Test
    void aTokenThatWasTakenEarnsAnotherTry() throws Exception {
        rig.live(withSupplier());
        for (int round = 0; round < 3; round++) {
            authenticated(10_000, null);
            refuse();
            while (rig.network.attempts() < round + 2) {
                rig.timers.advance(100);
            }
            rig.network.last().welcome(Markets.EPOCH);
        }

        assertThat(rig.network.attempts()).isEqualTo(4);
    }

    @Test
    void aTokenThatIsAlwaysTheSameIsNeitherRenewedNorShownTwice() throws Exception {
        rig.live(ManualClient.config().token("always"));
        authenticated(10_000, null);
        rig.timers.advance(9_000);
        assertThat(renewals()).isEmpty();
        refuse();
        rig.timers.advance(60_000);

        assertThat(rig.network.links).extracting(link -> link.token).containsExactly("always");
    }

    @Test
    void withoutASupplierARefusalIsTheEnd() throws Exception {
        rig.live();
        refuse();
        rig.timers.advance(60_000);

        assertThat(rig.network.attempts()).isEqualTo(1);
    }

    @Test
    void aDrainDoesNotLeadATokenFromASecureServerToAnOpenOne() throws Exception {
        rig.live(ClientConfig.builder(URI.create("wss://market.example/ws")).tokenSupplier(this::next));
        rig.network.last().receive(new ServerEvent.Drain(100, "ws://market.example/ws"));
        rig.timers.advance(200);

        assertThat(rig.network.attempts()).isEqualTo(2);
        assertThat(rig.network.last().uri).isEqualTo(URI.create("wss://market.example/ws"));
    }

    private void refuse() {
        rig.network.last().end(CloseCode.TOKEN_REFUSED.code(), "token_expired");
    }
}
