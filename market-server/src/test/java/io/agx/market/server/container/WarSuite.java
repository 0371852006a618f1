package io.agx.market.server.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The suite on the WAR, unpacked, in a container whose class loader knows nothing of the server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WarSuite extends ContainerSuite {
    private @Nullable WarHost war;

    @BeforeAll
    @Override
    void startShared() throws Exception {
        war = WarHost.unpackInto(classFolder);
        super.startShared();
    }

    @Test
    void bringsItsOwnClassesAndSeesNoneOfTheTests() {
        RunningMarket.ClassOrigins origins = market().origins();

        assertThat(origins.of("io.agx.market.server.MarketServer")).contains("/WEB-INF/classes");
        for (String ofLibrary : List.of(
                "io.agx.market.core.model.Trade",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "org.h2.Driver",
                "org.slf4j.Logger")) {
            assertThat(origins.of(ofLibrary)).contains("/WEB-INF/lib/");
        }
        for (String notThere : List.of(
                "io.agx.market.server.Main",
                "io.agx.market.server.jetty.EmbeddedServer",
                "picocli.CommandLine",
                "org.junit.jupiter.api.Test",
                "org.eclipse.jetty.server.Server")) {
            assertThat(origins.of(notThere)).isEqualTo("absent");
        }
    }

    /**
     * The container closes its sessions by itself, before it tells the application, and maybe while a message is being written: Tomcat
     * was seen to end such a connection without a Close frame. Both codes tell a client to come back.
     */
    @Override
    Set<Integer> codesOfStopUnderLoad() {
        return Set.of(1001, MarketSocket.NO_CLOSE_FRAME);
    }

    WarHost war() {
        return Objects.requireNonNull(war);
    }
}
