package io.agx.market.server;

import io.agx.market.server.drill.PostgresCluster;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@link KillSuite} with PostgreSQL, which is killed too in three rounds of four: before the server, all of it or its postmaster, or
 * under the server, which goes on with the one that is started again. {@code -Dmarket.kill.rounds=N} sets how often (2).
 */
final class KillServerOnPostgresIT extends KillSuite {
    private static final int ROUNDS = Integer.getInteger("market.kill.rounds", 2);

    private PostgresCluster postgres;
    private String database = "postgres";
    private boolean isDown;
    private int kills;
    private int postmasterKills;
    private int restarts;

    @BeforeEach
    void startPostgres() throws Exception {
        postgres = PostgresCluster.create(folder);
    }

    @AfterEach
    void stopPostgres() throws Exception {
        postgres.close();
    }

    @Test
    void losesNoAckedTradeAndKeepsNoneTwiceWhenServerAndDatabaseAreKilledUnderLoad() throws Exception {
        killRounds(ROUNDS, ROUNDS >= 20);
    }

    @Override
    void beginFolder(int number) throws Exception {
        database = "market" + number;
        postgres.execute("CREATE DATABASE " + database);
    }

    @Override
    String[] options() {
        return postgres.options(database);
    }

    @Override
    void beforeKill(Random choices) throws Exception {
        switch (choices.nextInt(4)) {
            case 0 -> {
                kills++;
                isDown = true;
                postgres.kill();
                pause(choices.nextInt(300));
            }
            case 1 -> {
                postmasterKills++;
                isDown = true;
                postgres.killPostmaster();
            }
            case 2 -> {
                restarts++;
                postgres.kill();
                postgres.restart();
                pause(choices.nextInt(1_000));
            }
            default -> {
                // The server alone.
            }
        }
    }

    /** At the same moment as the server, which has to wait for it. */
    @Override
    void beforeStart() throws Exception {
        if (isDown) {
            isDown = false;
            postgres.relaunch();
        }
    }

    @Override
    String figures() {
        return " databaseKilled=" + kills + " postmasterKilled=" + postmasterKills + " restartedUnderTheServer="
                + restarts;
    }
}
