package io.agx.market.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdentityConfigTest {
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();

    private MarketConfig config() {
        return ConfigSources.ofWebApplication(properties::get, environment::get)
                .load()
                .config();
    }

    private IdentityConfig read() {
        return config().identity();
    }

    @Test
    void withoutAnythingItIsForDevelopment() {
        assertThat(read()).isEqualTo(IdentityConfig.DEFAULTS);
        assertThat(read().isDevelopment()).isTrue();
    }

    @Test
    void aWebApplicationReadsItFromPropertiesAndTheEnvironment() {
        properties.put("market.token-keys", "/keys.json");
        properties.put("market.token-issuer", "i");
        environment.put("MARKET_TOKEN_AUDIENCE", "a");
        environment.put("MARKET_TOKEN_LEEWAY", "1");
        environment.put("MARKET_TOKEN_MAX_DAYS", "1");
        environment.put("MARKET_TOKEN_GRACE", "2");
        environment.put("MARKET_REQUIRE_TOKEN", "true");

        assertThat(read())
                .isEqualTo(new IdentityConfig(
                        "", Optional.empty(), "/keys.json", "i", "a", 1_000, 86_400_000, 2_000, true));
    }

    @Test
    void aSecretIsReadFromTheEnvironmentAndNeverFromAPropertyNorShown() {
        properties.put("market.token-secret", "in-a-list-of-processes");
        assertThat(read().secret()).isEmpty();
        environment.put("MARKET_TOKEN_SECRET", "kept-to-itself");

        assertThat(read().secret()).isEqualTo("kept-to-itself");
        assertThat(config().toString()).doesNotContain("kept-to-itself");
        properties.put("market.token-secret-file", "f");
        assertThatThrownBy(this::read)
                .hasMessageContaining("one of")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("kept-to-itself"));
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        IdentityConfig defaults = IdentityConfig.DEFAULTS.withSecretFile(Path.of("f"));

        assertThatThrownBy(() -> defaults.withTimes(-1, 1_000, 0)).hasMessageContaining("leeway");
        assertThatThrownBy(() -> defaults.withTimes(0, 999, 0)).hasMessageContaining("lifetime");
        assertThatThrownBy(() -> defaults.withTimes(0, 1_000, 600_001)).hasMessageContaining("grace");
        properties.put("market.require-token", "maybe");
        assertThatThrownBy(this::read).hasMessageContaining("require-token").hasMessageContaining("maybe");
    }
}
