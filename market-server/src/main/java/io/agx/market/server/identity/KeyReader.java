package io.agx.market.server.identity;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads keys as files and servers give them: PEM, a JSON Web Key, or a set of them. Pure functions. */
final class KeyReader {
    /** Longest text of keys: 64 RSA keys of 8192 bits with their certificates. */
    static final int MAX_BYTES = 256 << 10;

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** What comes before the 32 bytes of a key in its encoding (RFC 8410): sequence, OID 1.3.101.112, bit string. */
    private static final byte[] ED25519_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private static final int ED25519_BYTES = 32;

    private KeyReader() {}

    /**
     * Reads keys that tokens may be checked with. Keys of a set that are for something else are left out.
     *
     * @param own whether the keys are a file of the operator's: it may hold secrets, and a weak key in it is a fault. A set that is served
     *     to everyone may have no secrets, and its weak keys are left out
     * @throws IOException if there is no key in it, or one that is too weak; the message says why and repeats nothing of them
     */
    static KeySet read(byte[] content, boolean own) throws IOException {
        if (content.length > MAX_BYTES) {
            throw new IOException("keys may have " + MAX_BYTES + " bytes, have " + content.length);
        }
        String text = new String(content, StandardCharsets.UTF_8).strip();
        List<VerificationKey> keys = text.startsWith("{") ? fromJson(text, own) : fromPem(text);
        if (keys.isEmpty()) {
            throw new IOException("there is no key in it that tokens could be signed with");
        }
        if (keys.size() > KeySet.MAX_KEYS) {
            throw new IOException("there may be " + KeySet.MAX_KEYS + " keys, are " + keys.size());
        }
        return new KeySet(keys);
    }

    private static List<VerificationKey> fromJson(String text, boolean own) throws IOException {
        List<VerificationKey> keys = new ArrayList<>();
        try {
            JWKSet set = text.contains("\"keys\"") ? JWKSet.parse(text) : new JWKSet(JWK.parse(text));
            for (JWK each : set.getKeys()) {
                boolean usable = isForSignatures(each) && (own || !(each instanceof OctetSequenceKey));
                VerificationKey key = usable ? fromJwk(each, own) : null;
                if (key != null) {
                    keys.add(key);
                }
            }
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            // Its message may repeat what it read, which may be a secret: only its kind is told.
            throw new IOException(
                    "it is no JSON Web Key or set of them (" + e.getClass().getSimpleName() + ")");
        }
        return keys;
    }

    private static boolean isForSignatures(JWK key) {
        boolean use = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
        boolean operations =
                key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY);
        return use && operations;
    }

    private static @Nullable VerificationKey fromJwk(JWK key, boolean own) throws IOException, JOSEException {
        try {
            return fromJwk(key);
        } catch (IOException e) {
            if (own) {
                throw e;
            }
            return null;
        }
    }

    private static @Nullable VerificationKey fromJwk(JWK key) throws IOException, JOSEException {
        VerificationKey made;
        if (key instanceof OctetSequenceKey secret) {
            made = VerificationKey.ofSecret(key.getKeyID(), secret.toByteArray());
        } else if (key instanceof RSAKey rsa) {
            made = VerificationKey.ofPublic(key.getKeyID(), rsa.toRSAPublicKey());
        } else if (key instanceof ECKey ec) {
            made = VerificationKey.ofPublic(key.getKeyID(), ec.toECPublicKey());
        } else if (key instanceof OctetKeyPair pair
                && "Ed25519".equals(pair.getCurve().getName())) {
            made = VerificationKey.ofPublic(key.getKeyID(), ed25519(pair.getDecodedX()));
        } else {
            return null;
        }
        Algorithm told = key.getAlgorithm();
        if (told == null) {
            return made;
        }
        Optional<TokenAlgorithm> algorithm = TokenAlgorithm.ofName(told.getName());
        return algorithm.isEmpty() ? null : made.onlyFor(algorithm.get());
    }

    private static PublicKey ed25519(byte[] x) throws IOException {
        if (x.length != ED25519_BYTES) {
            throw new IOException("an Ed25519 key has " + ED25519_BYTES + " bytes, not " + x.length);
        }
        byte[] encoded = new byte[ED25519_PREFIX.length + x.length];
        System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
        System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, x.length);
        return fromEncoded(encoded);
    }

    private static List<VerificationKey> fromPem(String text) throws IOException {
        List<VerificationKey> keys = new ArrayList<>();
        Matcher blocks = PEM.matcher(text);
        while (blocks.find()) {
            String kind = blocks.group(1);
            byte[] encoded = Base64.getMimeDecoder().decode(blocks.group(2));
            switch (kind) {
                case "PUBLIC KEY" -> keys.add(VerificationKey.ofPublic(null, fromEncoded(encoded)));
                case "CERTIFICATE" -> keys.add(VerificationKey.ofPublic(null, fromCertificate(encoded)));
                default ->
                    throw new IOException("it holds a " + kind
                            + "; needed is a PUBLIC KEY (openssl pkey -in key.pem -pubout) or a CERTIFICATE");
            }
        }
        return keys;
    }

    private static PublicKey fromCertificate(byte[] encoded) throws IOException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded))
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new IOException("it holds a certificate that cannot be read", e);
        }
    }

    /** Which kind of key it is, its encoding says; the JDK wants to be told. */
    private static PublicKey fromEncoded(byte[] encoded) throws IOException {
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded));
            } catch (GeneralSecurityException e) {
                // Of another kind.
            }
        }
        throw new IOException("a public key must be RSA, EC or Ed25519");
    }
}
