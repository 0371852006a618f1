package io.agx.market.server.identity;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens and keys by the JDK alone: good ones, and any that an attacker could make. Pure functions. */
final class Jwt {
    private Jwt() {}

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of parts as they are. */
    static String of(String header, String claims, byte[] signature) {
        return encode(header) + "." + encode(claims) + "." + encode(signature);
    }

    static String hmac(String algorithm, byte[] secret, String header, String claims) {
        try {
            Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
            // An empty key is a key of zeros to HMAC, and the JDK takes no empty one.
            mac.init(new SecretKeySpec(secret.length == 0 ? new byte[1] : secret, "HMAC"));
            return of(header, claims, mac.doFinal(signed(header, claims)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String hs256(byte[] secret, String header, String claims) {
        return hmac("HS256", secret, header, claims);
    }

    /** @param algorithm RS256, ES256, EdDSA or their like */
    static String signed(String algorithm, PrivateKey key, String header, String claims) {
        String name = algorithm.equals("EdDSA")
                ? "Ed25519"
                : "SHA" + algorithm.substring(2) + (algorithm.startsWith("ES") ? "withECDSAinP1363Format" : "withRSA");
        try {
            Signature signature = Signature.getInstance(name);
            signature.initSign(key);
            signature.update(signed(header, claims));
            return of(header, claims, signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] signed(String header, String claims) {
        return (encode(header) + "." + encode(claims)).getBytes(StandardCharsets.US_ASCII);
    }

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** A public key as a JSON Web Key. */
    static String jwk(String id, KeyPair pair) {
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            return "{\"kty\":\"RSA\",\"kid\":\"" + id + "\",\"n\":\"" + unsigned(rsa.getModulus(), 0) + "\",\"e\":\""
                    + unsigned(rsa.getPublicExponent(), 0) + "\"}";
        }
        if (pair.getPublic() instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            int bytes = (bits + 7) / 8;
            return "{\"kty\":\"EC\",\"kid\":\"" + id + "\",\"crv\":\"P-" + bits + "\",\"x\":\""
                    + unsigned(ec.getW().getAffineX(), bytes) + "\",\"y\":\""
                    + unsigned(ec.getW().getAffineY(), bytes) + "\"}";
        }
        byte[] encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + id + "\",\"x\":\"" + encode(x) + "\"}";
    }

    static String jwkSet(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    private static String unsigned(BigInteger number, int bytes) {
        byte[] signed = number.toByteArray();
        int length = Math.max(bytes, (number.bitLength() + 7) / 8);
        byte[] plain = new byte[length];
        int from = Math.max(0, signed.length - length);
        System.arraycopy(signed, from, plain, length - (signed.length - from), signed.length - from);
        return encode(plain);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }
}
