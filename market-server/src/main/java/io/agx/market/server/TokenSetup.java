package io.agx.market.server;

import io.agx.market.server.config.ConfigChange;
import io.agx.market.server.config.IdentityConfig;
import io.agx.market.server.gateway.AccessRules;
import io.agx.market.server.http.HttpAccess;
import io.agx.market.server.identity.CountedAuthenticator;
import io.agx.market.server.identity.FileKeys;
import io.agx.market.server.identity.FixedKeys;
import io.agx.market.server.identity.KeySource;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenRules;
import io.agx.market.server.identity.TokenVerifier;
import io.agx.market.server.identity.UrlKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How tokens are checked and what is to be had without one, made of the configuration. Thread-safe; changed by one thread at a time. */
final class TokenSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TokenSetup.class);

    private final Path dataDir;
    private final CountedAuthenticator authenticator;
    private final boolean created;
    private volatile State state;
    // Of the state, so that nobody makes them for each question.
    private volatile AccessRules rules;

    /**
     * What tokens are checked with. Immutable, and shown nowhere. The secret is that of a fixed key, to see whether it is another; empty
     * for other keys.
     */
    private static final class State {
        private final IdentityConfig config;
        private final KeySource keys;
        private final byte[] secret;

        State(IdentityConfig config, KeySource keys, byte[] secret) {
            this.config = config;
            this.keys = keys;
            this.secret = secret;
        }

        TokenVerifier verifier() {
            TokenRules rules = new TokenRules(
                    config.issuer(), config.audience(), config.leewayMillis(), config.maxLifetimeMillis());
            return new TokenVerifier(keys, rules, System::currentTimeMillis);
        }

        AccessRules accessRules() {
            return new AccessRules(
                    config.requireToken(), config.isDevelopment(), config.leewayMillis(), config.graceMillis());
        }

        boolean hasKeysOf(IdentityConfig other) {
            return config.secret().equals(other.secret())
                    && config.secretFile().equals(other.secretFile())
                    && config.keys().equals(other.keys());
        }
    }

    /** What would be used, read and found good. */
    static final class Prepared {
        private final State state;
        private final boolean sameSource;

        private Prepared(State state, boolean sameSource) {
            this.state = state;
            this.sameSource = sameSource;
        }
    }

    private TokenSetup(State state, Path dataDir, boolean created) {
        this.state = state;
        this.rules = state.accessRules();
        this.dataDir = dataDir;
        this.created = created;
        authenticator = new CountedAuthenticator(state.verifier());
    }

    /**
     * Reads the configured keys, or draws the development secret.
     *
     * @throws IOException if they cannot be read, or are too weak; the message names the file
     */
    static TokenSetup of(IdentityConfig config, Path dataDir) throws IOException {
        boolean created =
                config.isDevelopment() && SecretFile.openOrCreate(dataDir).created();
        return new TokenSetup(stateOf(config, dataDir), dataDir, created);
    }

    private static State stateOf(IdentityConfig config, Path dataDir) throws IOException {
        if (config.isDevelopment()) {
            byte[] secret = SecretFile.openOrCreate(dataDir).secret();
            return secret(config, secret, "the development secret in " + dataDir.resolve(SecretFile.NAME));
        }
        if (!config.secret().isEmpty()) {
            return secret(config, config.secret().getBytes(StandardCharsets.UTF_8), "the configured secret");
        }
        if (config.secretFile().isPresent()) {
            Path file = config.secretFile().get();
            return secret(config, SecretFile.read(file), "the secret in " + file);
        }
        if (config.audience().isEmpty()) {
            LOG.warn("tokens of the same issuer for other services are taken if they name no audience;"
                    + " set token-audience");
        }
        return new State(config, publicKeys(config), new byte[0]);
    }

    private static KeySource publicKeys(IdentityConfig config) throws IOException {
        if (!config.keys().contains("://")) {
            return new FileKeys(Path.of(config.keys()), System::nanoTime);
        }
        try {
            return new UrlKeys(new URI(config.keys()), System::nanoTime);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("token-keys is no URL: " + e.getReason(), e);
        }
    }

    private static State secret(IdentityConfig config, byte[] secret, String description) throws IOException {
        try {
            return new State(config, FixedKeys.ofSecret(secret, description), secret);
        } catch (IOException e) {
            throw new IOException(description + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Reads what a new configuration says. Changes nothing. Public keys that stay the same are not fetched anew: what is known of them stays.
     *
     * @throws IOException if keys cannot be read, or are too weak; the message names the file
     */
    Prepared prepare(IdentityConfig config) throws IOException {
        State now = state;
        boolean sameSource = now.hasKeysOf(config);
        State next = sameSource && now.secret.length == 0
                ? new State(config, now.keys, now.secret)
                : stateOf(config, dataDir);
        return new Prepared(next, sameSource);
    }

    /**
     * From now on this holds. Who was let in stays until its token ends.
     *
     * @return that a secret's file has another content, which no key's value tells
     */
    List<ConfigChange> use(Prepared prepared) {
        boolean other = prepared.sameSource && !Arrays.equals(state.secret, prepared.state.secret);
        state = prepared.state;
        rules = prepared.state.accessRules();
        authenticator.use(prepared.state.verifier());
        return other
                ? List.of(new ConfigChange("token.secret-file", "(a secret)", "(another secret)", true))
                : List.of();
    }

    CountedAuthenticator authenticator() {
        return authenticator;
    }

    /** Those of now. */
    AccessRules accessRules() {
        return rules;
    }

    HttpAccess httpAccess() {
        return new HttpAccess(authenticator, () -> rules.requireToken(), () -> state.config.isDevelopment());
    }

    /** Whether the development secret was drawn now: told once. */
    boolean created() {
        return created;
    }

    /** Who may do what, in one line. */
    String description() {
        State now = state;
        String reading = now.config.requireToken() ? "; reading needs a token too" : "";
        return now.config.isDevelopment()
                ? now.keys.description() + "; this machine may write without a token" + reading
                : now.keys.description() + "; every write needs one" + reading;
    }
}
