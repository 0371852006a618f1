package io.agx.market.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
    @Test
    void isDrawnOnceAndReadableByItsOwnerOnly(@TempDir Path folder) throws IOException {
        SecretFile.Opened first = SecretFile.openOrCreate(folder.resolve("data"));
        SecretFile.Opened again = SecretFile.openOrCreate(folder.resolve("data"));
        Path file = folder.resolve("data").resolve(SecretFile.NAME);

        assertThat(first.created()).isTrue();
        assertThat(again.created()).isFalse();
        assertThat(again.secret()).isEqualTo(first.secret()).hasSize(43);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(first.toString()).doesNotContain(new String(first.secret(), StandardCharsets.US_ASCII));
        assertThat(FixedKeys.ofSecret(first.secret(), "it").current().hasKeyFor(TokenAlgorithm.HS256))
                .isTrue();
        assertThat(SecretFile.openOrCreate(folder.resolve("other")).secret()).isNotEqualTo(first.secret());
    }

    @Test
    void whatIsBlankAroundASecretIsNotPartOfIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "  " + TokenCases.SECRET + "\r\n\n");

        assertThat(SecretFile.read(file)).isEqualTo(Jwt.bytes(TokenCases.SECRET));
    }

    @Test
    void aFileThatIsNoSecretIsNotReadWhole(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("video"), new byte[5_000]);

        assertThatThrownBy(() -> SecretFile.read(file)).hasMessageContaining("5000");
    }
}
