package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientConfigTest {
    @ParameterizedTest
    @CsvSource({
        "ws://localhost:8080/ws, http://localhost:8080/api/v1",
        "wss://m.example/ws?token=x, https://m.example/api/v1",
        "ws://h:1/market/ws, http://h:1/market/api/v1",
        "ws://h, http://h/api/v1"
    })
    void derivesTheRestBase(String uri, String rest) {
        assertThat(ClientConfig.of(uri).restBase()).isEqualTo(URI.create(rest));
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> ClientConfig.of("http://h/ws")).hasMessageContaining("ws: or wss:");
        assertThatThrownBy(() -> ClientConfig.of("ws:h")).hasMessageContaining("must have a host");
        ClientConfig.Builder builder = ClientConfig.builder(URI.create("ws://h/ws"));
        assertThatThrownBy(() -> builder.deadline(Duration.ofSeconds(5)).build())
                .hasMessageContaining("deadline must be longer than heartbeat PT10S, was PT5S");
        assertThatThrownBy(() -> ClientConfig.builder(URI.create("ws://h/ws"))
                        .gapFillLimit(-1)
                        .build())
                .hasMessage("gapFillLimit must be 0 or higher, was -1");
    }

    @Test
    void doesNotPrintATokenInTheUri() {
        assertThat(ClientConfig.of("ws://h/ws?token=secret").toString()).doesNotContain("secret");
    }
}
