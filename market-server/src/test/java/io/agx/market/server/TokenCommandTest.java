package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.identity.FixedKeys;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenRules;
import io.agx.market.server.identity.TokenVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code market token}, from its command line to what a server says of the token. */
class TokenCommandTest {
    private static final String SECRET = "a-secret-of-more-than-thirty-two-bytes";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String variable;

    private int run(String... args) {
        return MarketCommand.run(
                new MarketActions(false),
                name -> name.equals("MARKET_TOKEN_SECRET") ? variable : null,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                args);
    }

    private static Identity taken(byte[] secret, String token) throws IOException {
        return new TokenVerifier(
                        FixedKeys.ofSecret(secret, "it"),
                        new TokenRules("", "", 0, 100_000_000_000L),
                        System::currentTimeMillis)
                .authenticate(token);
    }

    @Test
    void printsNothingButATokenThatTheServerOfTheFolderTakes() throws IOException {
        long before = System.currentTimeMillis();
        assertThat(run(
                        "token",
                        "--sub",
                        "alice",
                        "--scope",
                        "publish,admin",
                        "--ttl",
                        "10m",
                        "--data",
                        folder.toString()))
                .isZero();

        assertThat(out.toString()).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\R");
        Identity identity = taken(
                SecretFile.read(folder.resolve("token-secret")), out.toString().strip());
        assertThat(identity.userId()).isEqualTo("alice");
        assertThat(identity.scopes()).isEqualTo(Set.of(Scope.PUBLISH, Scope.ADMIN));
        assertThat(identity.expiresTimeMillis()).isBetween(before + 599_000, System.currentTimeMillis() + 600_000);
        assertThat(err.toString()).contains("token-secret");
        err.getBuffer().setLength(0);
        assertThat(run("token", "--sub", "bob", "--data", folder.toString())).isZero();
        assertThat(err.toString()).as("told once").isEmpty();
    }

    @Test
    void signsWithASecretOfAFileOrOfTheEnvironment() throws IOException {
        Path file = Files.writeString(folder.resolve("s"), SECRET + "\n");
        assertThat(run("token", "--sub", "alice", "--secret-file", file.toString()))
                .isZero();
        assertThat(taken(SECRET.getBytes(StandardCharsets.UTF_8), out.toString().strip())
                        .userId())
                .isEqualTo("alice");
        out.getBuffer().setLength(0);
        variable = SECRET;
        assertThat(run("token", "--sub", "bob")).isZero();
        assertThat(taken(SECRET.getBytes(StandardCharsets.UTF_8), out.toString().strip())
                        .userId())
                .isEqualTo("bob");
        assertThat(out.toString() + err).doesNotContain(SECRET);
    }

    @Test
    void refusesWhatIsNoScopeNoUserOrNoSecret() throws IOException {
        Path weak = Files.writeString(folder.resolve("weak"), "1234567");

        assertThat(run("token", "--sub", "a", "--scope", "root", "--data", folder.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("root");
        assertThat(run("token", "--sub", "", "--data", folder.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("token", "--sub", "a", "--secret-file", weak.toString())).isEqualTo(ExitCode.UNUSABLE);
        assertThat(run(
                        "token",
                        "--sub",
                        "a",
                        "--secret-file",
                        folder.resolve("none").toString()))
                .isEqualTo(ExitCode.UNUSABLE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).doesNotContain("1234567");
    }
}
