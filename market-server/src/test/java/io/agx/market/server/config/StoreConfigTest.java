package io.agx.market.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StoreConfigTest {
    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new StoreConfig("jdbc:postgresql:m", "", "", 101, 0))
                .hasMessage("db-connections must be 2 to 100, was 101");
        assertThatThrownBy(() -> new StoreConfig("jdbc:postgresql:m", "", "", 6, 36_501))
                .hasMessage("db-retain-days must be 0 to 36500, was 36501");
        assertThatThrownBy(() -> new StoreConfig("", "", "", 6, 1)).hasMessageContaining("db-retain-days needs db-url");
    }

    @Test
    void aPasswordIsNeitherInTheUrlNorShown() {
        for (String url :
                new String[] {"jdbc:postgresql://u:my-secret@db/m", "jdbc:postgresql://db/m?a=b&PASSWORD=my-secret"}) {
            assertThatThrownBy(() -> new StoreConfig(url, "", "", 6, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("my-secret"));
        }
        assertThat(new StoreConfig("jdbc:postgresql://db/m", "u", "my-secret", 6, 0).toString())
                .doesNotContain("my-secret");
    }
}
