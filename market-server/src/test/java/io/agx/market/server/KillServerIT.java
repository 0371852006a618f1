package io.agx.market.server;

import org.junit.jupiter.api.Test;

/** {@link KillSuite} with the embedded database. {@code -Dmarket.kill.rounds=N} sets how often (3). */
final class KillServerIT extends KillSuite {
    private static final int ROUNDS = Integer.getInteger("market.kill.rounds", 3);

    @Test
    void losesNoAckedTradeAndKeepsNoneTwiceWhenKilledUnderLoad() throws Exception {
        killRounds(ROUNDS, ROUNDS >= 20);
    }
}
