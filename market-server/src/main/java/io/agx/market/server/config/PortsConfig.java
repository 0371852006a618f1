package io.agx.market.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the ports speak, and the second one. Immutable.
 *
 * @param tls the certificate, if connections are encrypted
 * @param adminHost address of the second port
 * @param adminPort where health and metrics are instead of the first port; 0 for any free one, {@link #NO_ADMIN_PORT} for none
 */
public record PortsConfig(Optional<Tls> tls, String adminHost, int adminPort) {
    /** Health and metrics are on the first port. */
    public static final int NO_ADMIN_PORT = -1;

    /** No encryption, one port. */
    public static final PortsConfig DEFAULTS = new PortsConfig(Optional.empty(), "127.0.0.1", NO_ADMIN_PORT);

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    public PortsConfig {
        MarketConfig.require("admin-port", adminPort, NO_ADMIN_PORT, 65_535);
    }

    /**
     * Where the certificate is. The files are read again when they change.
     *
     * @param certificate a chain in PEM, the server's own first; or a PKCS #12 file, which has the key too
     * @param key in PEM: PKCS #8 or PKCS #1, not encrypted; nothing with PKCS #12
     * @param password of the PKCS #12 file, else empty
     */
    public record Tls(Path certificate, Optional<Path> key, String password) {
        @Override
        public String toString() {
            return "Tls[certificate=" + certificate + "]";
        }
    }

    public boolean hasAdminPort() {
        return adminPort != NO_ADMIN_PORT;
    }

    /**
     * Whether the second port is encrypted: not on loopback, where nobody listens in, no certificate has its name, and probes of a container speak
     * plain HTTP.
     */
    public boolean hasEncryptedAdminPort() {
        return tls.isPresent() && !LOOPBACK.matcher(adminHost).matches();
    }

    public PortsConfig withTls(Tls newTls) {
        return new PortsConfig(Optional.of(newTls), adminHost, adminPort);
    }

    public PortsConfig withAdmin(String newHost, int newPort) {
        return new PortsConfig(tls, newHost, newPort);
    }

    /**
     * Reads the texts of the options.
     *
     * @param certificate of {@code --tls-cert}, empty for no encryption
     * @param key of {@code --tls-key}, or empty
     * @throws IllegalArgumentException if there is a key without a certificate
     */
    public static Optional<Tls> tls(String certificate, String key, String password) {
        if (certificate.isEmpty()) {
            if (!key.isEmpty()) {
                throw new IllegalArgumentException("tls-key needs tls-cert beside it");
            }
            return Optional.empty();
        }
        Optional<Path> keyFile = key.isEmpty() ? Optional.empty() : Optional.of(Path.of(key));
        return Optional.of(new Tls(Path.of(certificate), keyFile, password));
    }
}
