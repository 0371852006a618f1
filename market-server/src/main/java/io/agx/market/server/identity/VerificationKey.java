package io.agx.market.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One key that signatures are checked with, and the algorithms that it is for: a public key can never be taken for a secret. Immutable,
 * thread-safe. Keys that are too weak cannot be made.
 */
final class VerificationKey {
    /** RFC 7518 section 3.2: as long as the hash of HS256. */
    static final int MIN_SECRET_BYTES = 32;

    /** A secret of fewer different bytes was typed, not drawn. */
    private static final int MIN_SECRET_VARIETY = 8;

    /** RFC 7518 section 3.3. */
    private static final int MIN_RSA_BITS = 2_048;

    /** What a verification costs grows with the square of it: at 8192 bits half a millisecond. */
    private static final int MAX_RSA_BITS = 8_192;

    /** NIST SP 800-56B section 6.2: smaller exponents make forgery easier, with 1 anyone can. */
    private static final BigInteger MIN_RSA_EXPONENT = BigInteger.valueOf(65_537);

    private static final int MAX_RSA_EXPONENT_BITS = 32;

    private final @Nullable String id;
    private final Set<TokenAlgorithm> algorithms;
    private final Check check;

    /** Checks a signature; anything thrown means that it is none. */
    private interface Check {
        boolean verify(TokenAlgorithm algorithm, byte[] signed, byte[] signature)
                throws JOSEException, GeneralSecurityException;
    }

    private VerificationKey(@Nullable String id, Set<TokenAlgorithm> algorithms, Check check) {
        this.id = id;
        this.algorithms = algorithms;
        this.check = check;
    }

    /**
     * A secret, for HS256 from 32 bytes on, for HS384 from 48 and for HS512 from 64.
     *
     * @param id what a token's {@code kid} names it by, or null if it has no name
     * @throws IOException if it is too weak; the message says why and never repeats it
     */
    static VerificationKey ofSecret(@Nullable String id, byte[] secret) throws IOException {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IOException("a secret must have at least " + MIN_SECRET_BYTES + " bytes, has " + secret.length);
        }
        BitSet seen = new BitSet(256);
        for (byte each : secret) {
            seen.set(each & 0xff);
        }
        if (seen.cardinality() < MIN_SECRET_VARIETY) {
            throw new IOException("a secret must have at least " + MIN_SECRET_VARIETY + " different bytes, has "
                    + seen.cardinality() + ": draw it at random");
        }
        EnumSet<TokenAlgorithm> algorithms = EnumSet.of(TokenAlgorithm.HS256);
        if (secret.length >= 48) {
            algorithms.add(TokenAlgorithm.HS384);
        }
        if (secret.length >= 64) {
            algorithms.add(TokenAlgorithm.HS512);
        }
        try {
            return new VerificationKey(id, algorithms, jose(new MACVerifier(secret)));
        } catch (JOSEException e) {
            throw new IOException("the secret cannot be used", e);
        }
    }

    /**
     * A public key: RSA, EC on P-256, P-384 or P-521, or Ed25519.
     *
     * @param id what a token's {@code kid} names it by, or null if it has no name
     * @throws IOException if it is of another kind, or too weak; the message says which
     */
    static VerificationKey ofPublic(@Nullable String id, PublicKey key) throws IOException {
        if (key instanceof RSAPublicKey rsa) {
            return ofRsa(id, rsa);
        }
        if (key instanceof ECPublicKey ec) {
            return ofEc(id, ec);
        }
        if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) {
            return new VerificationKey(id, EnumSet.of(TokenAlgorithm.EDDSA), ed25519(ed));
        }
        throw new IOException("a public key must be RSA, EC or Ed25519, is " + key.getAlgorithm());
    }

    private static VerificationKey ofRsa(@Nullable String id, RSAPublicKey key) throws IOException {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new IOException(
                    "an RSA key must have " + MIN_RSA_BITS + " to " + MAX_RSA_BITS + " bits, has " + bits);
        }
        BigInteger exponent = key.getPublicExponent();
        if (exponent.compareTo(MIN_RSA_EXPONENT) < 0
                || exponent.bitLength() > MAX_RSA_EXPONENT_BITS
                || !exponent.testBit(0)
                || !key.getModulus().testBit(0)) {
            throw new IOException("an RSA key's modulus and exponent must be odd, its exponent " + MIN_RSA_EXPONENT
                    + " to " + MAX_RSA_EXPONENT_BITS + " bits");
        }
        return new VerificationKey(
                id, EnumSet.range(TokenAlgorithm.RS256, TokenAlgorithm.PS512), jose(new RSASSAVerifier(key)));
    }

    private static VerificationKey ofEc(@Nullable String id, ECPublicKey key) throws IOException {
        try {
            // It refuses points that are not on their curve, and curves of no algorithm.
            ECDSAVerifier verifier = new ECDSAVerifier(key);
            TokenAlgorithm algorithm = TokenAlgorithm.ofName(
                            verifier.supportedJWSAlgorithms().iterator().next().getName())
                    .orElseThrow(() -> new IOException("an EC key must be on P-256, P-384 or P-521"));
            return new VerificationKey(id, EnumSet.of(algorithm), jose(verifier));
        } catch (JOSEException e) {
            throw new IOException("an EC key must be a point on P-256, P-384 or P-521: " + e.getMessage(), e);
        }
    }

    private static Check jose(JWSVerifier verifier) {
        return (algorithm, signed, signature) ->
                verifier.verify(new JWSHeader(algorithm.jose()), signed, Base64URL.encode(signature));
    }

    /** By the JDK: the library would need another one for it. */
    private static Check ed25519(EdECPublicKey key) {
        return (algorithm, signed, signature) -> {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        };
    }

    /** The same key for fewer algorithms. */
    VerificationKey onlyFor(TokenAlgorithm algorithm) throws IOException {
        if (!algorithms.contains(algorithm)) {
            throw new IOException("a key says that it is for " + algorithm.jose() + ", and is for " + algorithms);
        }
        return new VerificationKey(id, EnumSet.of(algorithm), check);
    }

    @Nullable
    String id() {
        return id;
    }

    boolean isFor(TokenAlgorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    /** Whether the signature is this key's, by an algorithm that it is for. */
    boolean verify(TokenAlgorithm algorithm, byte[] signed, byte[] signature) {
        try {
            return isFor(algorithm) && check.verify(algorithm, signed, signature);
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }

    /** Without anything of the key. */
    @Override
    public String toString() {
        return "VerificationKey[id=" + id + ", algorithms=" + algorithms + "]";
    }
}
