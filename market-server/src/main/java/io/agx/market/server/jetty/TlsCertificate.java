package io.agx.market.server.jetty;

import io.agx.market.server.config.PortsConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a certificate and its key from files, and tells what is wrong with them without showing any of the key. */
final class TlsCertificate {
    /** Of the key store in memory, which nobody else reads. */
    static final String PASSWORD = "memory";

    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final Pattern PEM_KEY =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    /** AlgorithmIdentifier of rsaEncryption: what PKCS #1 leaves out and PKCS #8 begins with. */
    private static final byte[] RSA = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private TlsCertificate() {}

    /**
     * A key store with the one key and its chain, which belong together.
     *
     * @throws IOException if a file cannot be read
     * @throws GeneralSecurityException if the files are not what they should be; the message says which and why
     */
    static KeyStore load(PortsConfig.Tls tls) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (tls.key().isEmpty()) {
            addFromPkcs12(store, tls);
            return store;
        }
        Certificate[] chain = chain(tls.certificate());
        PrivateKey key = key(tls.key().get());
        add(store, key, chain, tls.certificate());
        return store;
    }

    /** When the first certificate of the chain that {@link #load} gave ends, in seconds since 1970. */
    static long expirySeconds(KeyStore store) throws GeneralSecurityException {
        long first = Long.MAX_VALUE;
        for (String alias : Collections.list(store.aliases())) {
            for (Certificate each : store.getCertificateChain(alias)) {
                if (each instanceof X509Certificate certificate) {
                    first = Math.min(
                            first, certificate.getNotAfter().toInstant().getEpochSecond());
                }
            }
        }
        return first;
    }

    private static void addFromPkcs12(KeyStore store, PortsConfig.Tls tls)
            throws IOException, GeneralSecurityException {
        KeyStore file = KeyStore.getInstance("PKCS12");
        char[] password = tls.password().toCharArray();
        try (InputStream in = new ByteArrayInputStream(bytes(tls.certificate()))) {
            file.load(in, password);
        } catch (IOException e) {
            throw new GeneralSecurityException(
                    tls.certificate() + " is no PKCS #12 file, or has another password; with PEM give tls-key too", e);
        }
        for (String alias : Collections.list(file.aliases())) {
            Key key = file.getKey(alias, password);
            if (key instanceof PrivateKey privateKey) {
                add(store, privateKey, file.getCertificateChain(alias), tls.certificate());
                return;
            }
        }
        throw new GeneralSecurityException(tls.certificate() + " has no private key");
    }

    private static void add(KeyStore store, PrivateKey key, Certificate[] chain, Path file)
            throws GeneralSecurityException {
        if (!(chain[0] instanceof X509Certificate own)) {
            throw new GeneralSecurityException(file + " has no X.509 certificate");
        }
        own.checkValidity();
        requirePair(own.getPublicKey(), key, file);
        store.setKeyEntry("market", key, PASSWORD.toCharArray(), chain);
    }

    /** Signs and verifies: nothing else shows of every algorithm that a key belongs to a certificate. */
    private static void requirePair(PublicKey shown, PrivateKey key, Path file) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        byte[] text = "market".getBytes(StandardCharsets.US_ASCII);
        boolean pair;
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(shown);
            verifying.update(text);
            pair = verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            pair = false;
        }
        if (!pair) {
            throw new GeneralSecurityException("the key does not belong to the first certificate of " + file);
        }
    }

    private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> chain =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes(file)));
        if (chain.isEmpty()) {
            throw new GeneralSecurityException(file + " has no certificate in PEM");
        }
        return chain.toArray(new Certificate[0]);
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher pem = PEM_KEY.matcher(new String(bytes(file), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(file + " has no private key in PEM that is not encrypted");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.group(2));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " has a key that is not base64", e);
        }
        if ("RSA PRIVATE KEY".equals(pem.group(1))) {
            der = pkcs8OfPkcs1(der);
        } else if (!"PRIVATE KEY".equals(pem.group(1))) {
            throw new GeneralSecurityException(file + " has a key of the form " + pem.group(1)
                    + "; make PKCS #8 of it: openssl pkcs8 -topk8 -nocrypt");
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            Optional<PrivateKey> key = key(algorithm, spec);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new GeneralSecurityException(file + " has a key that is neither RSA, EC nor EdDSA");
    }

    private static Optional<PrivateKey> key(String algorithm, PKCS8EncodedKeySpec spec)
            throws GeneralSecurityException {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(spec));
        } catch (InvalidKeySpecException e) {
            return Optional.empty(); // Of another algorithm.
        }
    }

    private static byte[] pkcs8OfPkcs1(byte[] pkcs1) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(RSA);
        body.write(0x04);
        body.writeBytes(derLength(pkcs1.length));
        body.writeBytes(pkcs1);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(0x30);
        whole.writeBytes(derLength(body.size()));
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
    }

    private static byte[] derLength(int length) {
        if (length < 0x80) {
            return new byte[] {(byte) length};
        }
        return length < 0x100
                ? new byte[] {(byte) 0x81, (byte) length}
                : new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length};
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + " is longer than a certificate or key");
        }
        return Files.readAllBytes(file);
    }
}
