package io.agx.market.server;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How tokens are checked and what is to be had without one, made of the configuration. Immutable. */
final class TokenSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TokenSetup.class);

    private final IdentityConfig config;
    private final KeySource keys;
    private final CountedAuthenticator authenticator;
    private final boolean created;

    private TokenSetup(IdentityConfig config, KeySource keys, boolean created) {
        this.config = config;
        this.keys = keys;
        this.created = created;
        TokenRules rules =
                new TokenRules(config.issuer(), config.audience(), config.leewayMillis(), config.maxLifetimeMillis());
        authenticator = new CountedAuthenticator(new TokenVerifier(keys, rules, System::currentTimeMillis));
    }

    /**
     * Reads the configured keys, or draws the development secret.
     *
     * @throws IOException if they cannot be read, or are too weak; the message names the file
     */
    static TokenSetup of(IdentityConfig config, Path dataDir) throws IOException {
        if (config.isDevelopment()) {
            SecretFile.Opened opened = SecretFile.openOrCreate(dataDir);
            Path file = dataDir.resolve(SecretFile.NAME);
            return new TokenSetup(
                    config, secret(opened.secret(), "the development secret in " + file), opened.created());
        }
        TokenSetup setup = new TokenSetup(config, keys(config), false);
        if (!config.keys().isEmpty() && config.audience().isEmpty()) {
            LOG.warn("tokens of the same issuer for other services are taken if they name no audience;"
                    + " set token-audience");
        }
        return setup;
    }

    private static KeySource keys(IdentityConfig config) throws IOException {
        if (!config.secret().isEmpty()) {
            return secret(config.secret().getBytes(StandardCharsets.UTF_8), "the configured secret");
        }
        if (config.secretFile().isPresent()) {
            Path file = config.secretFile().get();
            return secret(SecretFile.read(file), "the secret in " + file);
        }
        if (!config.keys().contains("://")) {
            return new FileKeys(Path.of(config.keys()), System::nanoTime);
        }
        try {
            return new UrlKeys(new URI(config.keys()), System::nanoTime);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("token-keys is no URL: " + e.getReason(), e);
        }
    }

    private static KeySource secret(byte[] secret, String description) throws IOException {
        try {
            return FixedKeys.ofSecret(secret, description);
        } catch (IOException e) {
            throw new IOException(description + " cannot be used: " + e.getMessage(), e);
        }
    }

    CountedAuthenticator authenticator() {
        return authenticator;
    }

    AccessRules accessRules() {
        return new AccessRules(
                config.requireToken(), config.isDevelopment(), config.leewayMillis(), config.graceMillis());
    }

    HttpAccess httpAccess() {
        return new HttpAccess(authenticator, config.requireToken(), config.isDevelopment());
    }

    /** Whether the development secret was drawn now: told once. */
    boolean created() {
        return created;
    }

    /** Who may do what, in one line. */
    String description() {
        String reading = config.requireToken() ? "; reading needs a token too" : "";
        return config.isDevelopment()
                ? keys.description() + "; this machine may write without a token" + reading
                : keys.description() + "; every write needs one" + reading;
    }
}
