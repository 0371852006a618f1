package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told to go and stays, sending on (docs/INVARIANTS.md, 9.4). */
class CloseDeadlineIT {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PONG = 10;

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void aPeerThatGoesOnSendingAfterItsCloseIsCutOff(TransportChoice transport, @TempDir Path dataDir)
            throws IOException {
        DeliveryConfig defaults = DeliveryConfig.DEFAULTS;
        DeliveryConfig delivery = new DeliveryConfig(
                defaults.flushWindowMillis(),
                transport,
                defaults.compression(),
                defaults.sendBufferBytes(),
                defaults.drainConnectsPerSecond(),
                defaults.drainUrl());
        try (RunningMarket market = RunningMarket.listening(dataDir, config -> config.withDelivery(delivery));
                RawPeer peer = new RawPeer(market.port(), "")) {
            assertThat(peer.next().opcode()).isEqualTo(TEXT);
            peer.send(BINARY, new byte[] {1});
            assertThat(peer.next().opcode()).isEqualTo(CLOSE);

            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> isRefused(peer));
        }
    }

    private static boolean isRefused(RawPeer peer) {
        try {
            peer.send(PONG, new byte[0]);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
