package io.agx.market.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodesTest {
    private static final Path SPECIFICATION = Path.of("doc", "PROTOCOL.md");

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void specificationListsEveryErrorCodeAsItIs(ErrorCode code) throws IOException {
        assertThat(specification())
                .contains("| `" + code.code() + "` | " + (code.temporary() ? "yes" : "no") + " | " + code.sentence()
                        + " |");
        assertThat(ErrorCode.ofCode(code.code())).contains(code);
    }

    @ParameterizedTest
    @EnumSource(CloseCode.class)
    void specificationListsEveryCloseCodeAsItIs(CloseCode code) throws IOException {
        assertThat(specification())
                .contains("| " + code.code() + " | " + (code.reconnect() ? "yes" : "no") + " | " + code.sentence()
                        + " |");
        assertThat(CloseCode.ofCode(code.code())).contains(code);
    }

    @Test
    void aClientComesBackAfterAnEndWithoutCloseFrameAndAfterUnknownCodes() {
        assertThat(CloseCode.mayReconnect(CloseCode.ABNORMAL)).isTrue();
        assertThat(CloseCode.mayReconnect(4_777)).isTrue();
        assertThat(CloseCode.mayReconnect(1_000)).isFalse();
        assertThat(CloseCode.mayReconnect(4_001)).isFalse();
    }

    private static String specification() throws IOException {
        return Files.readString(SPECIFICATION, StandardCharsets.UTF_8);
    }
}
