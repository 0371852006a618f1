package io.agx.market.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReaderTest {
    private static KeySet own(String text) throws IOException {
        return KeyReader.read(text.getBytes(StandardCharsets.UTF_8), true);
    }

    private static KeySet served(String text) throws IOException {
        return KeyReader.read(text.getBytes(StandardCharsets.UTF_8), false);
    }

    @Test
    void readsPemOfEveryKindAndSeveralOfThem() throws Exception {
        KeySet keys = own(Jwt.pem(Jwt.rsa(2_048)) + "\n" + Jwt.pem(Jwt.ec("secp256r1")) + Jwt.pem(Jwt.ed25519()));

        assertThat(keys.size()).isEqualTo(3);
        assertThat(keys.hasKeyFor(TokenAlgorithm.RS256)).isTrue();
        assertThat(keys.hasKeyFor(TokenAlgorithm.ES256)).isTrue();
        assertThat(keys.hasKeyFor(TokenAlgorithm.EDDSA)).isTrue();
        assertThat(keys.hasKeyFor(TokenAlgorithm.ES384)).isFalse();
        assertThat(keys.hasKeyFor(TokenAlgorithm.HS256)).isFalse();
    }

    @Test
    void readsOneWebKeyAndASecretOfOnesOwn() throws Exception {
        assertThat(own(Jwt.jwk("e", Jwt.ec("secp384r1"))).candidates(TokenAlgorithm.ES384, "e"))
                .hasSize(1);
        assertThat(own("{\"kty\":\"oct\",\"k\":\"" + Jwt.encode(TokenCases.SECRET) + "\"}")
                        .hasKeyFor(TokenAlgorithm.HS256))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"use\":\"enc\"", "\"key_ops\":[\"encrypt\"]", "\"alg\":\"RSA-OAEP\""})
    void keysForSomethingElseAreLeftOut(String member) throws Exception {
        String other = Jwt.jwk("x", Jwt.rsa(2_048)).replace("{", "{" + member + ",");
        KeySet keys = own(Jwt.jwkSet(Jwt.jwk("e", Jwt.ec("secp256r1")), other));

        assertThat(keys.size()).isEqualTo(1);
        assertThat(keys.hasKeyFor(TokenAlgorithm.RS256)).isFalse();
    }

    @Test
    void aKeyThatNamesItsAlgorithmIsForThatOnly() throws Exception {
        KeySet keys = own(Jwt.jwk("r", Jwt.rsa(2_048)).replace("{", "{\"alg\":\"RS512\","));

        assertThat(keys.hasKeyFor(TokenAlgorithm.RS512)).isTrue();
        assertThat(keys.hasKeyFor(TokenAlgorithm.RS256)).isFalse();
    }

    @Test
    void aSetThatIsServedHasNoSecretsAndItsWeakKeysAreLeftOut() throws Exception {
        String secret = "{\"kty\":\"oct\",\"k\":\"" + Jwt.encode(TokenCases.SECRET) + "\"}";
        KeySet keys = served(Jwt.jwkSet(secret, Jwt.jwk("weak", Jwt.rsa(1_024)), Jwt.jwk("r", Jwt.rsa(2_048))));

        assertThat(keys.size()).isEqualTo(1);
        assertThat(keys.hasKeyFor(TokenAlgorithm.HS256)).isFalse();
        assertThatThrownBy(() -> served(Jwt.jwkSet(secret))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1_024, 2_040})
    void weakRsaKeysOfOnesOwnAreRefusedByTheirLength(int bits) {
        assertThatThrownBy(() -> own(Jwt.pem(Jwt.rsa(bits))))
                .hasMessageContaining("2048")
                .hasMessageContaining(bits + "");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 65_536})
    void rsaKeysWithAnExponentThatHelpsForgersAreRefused(long exponent) throws Exception {
        RSAPublicKey good = (RSAPublicKey) Jwt.rsa(2_048).getPublic();
        RSAPublicKey weak = (RSAPublicKey) KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(good.getModulus(), BigInteger.valueOf(65_537)));
        assertThat(weak.getPublicExponent()).isEqualTo(BigInteger.valueOf(65_537));
        String jwk = "{\"kty\":\"RSA\",\"n\":\"" + Jwt.encode(unsigned(good.getModulus())) + "\",\"e\":\""
                + Jwt.encode(BigInteger.valueOf(exponent).toByteArray()) + "\"}";

        assertThatThrownBy(() -> own(jwk)).isInstanceOf(IOException.class);
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "0123456789012345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void weakSecretsAreRefusedAndNotRepeated(String secret) {
        assertThatThrownBy(() -> FixedKeys.ofSecret(Jwt.bytes(secret), "it"))
                .isInstanceOf(IOException.class)
                .satisfies(e -> {
                    if (!secret.isEmpty()) {
                        assertThat(e.getMessage()).doesNotContain(secret);
                    }
                });
    }

    @Test
    void aSecretIsForTheAlgorithmsThatItIsLongEnoughFor() throws Exception {
        KeySet shortest = FixedKeys.ofSecret(Jwt.bytes(TokenCases.SECRET.substring(0, 32)), "it")
                .current();
        KeySet longest = FixedKeys.ofSecret(Jwt.bytes(TokenCases.SECRET + TokenCases.SECRET), "it")
                .current();

        assertThat(shortest.hasKeyFor(TokenAlgorithm.HS256)).isTrue();
        assertThat(shortest.hasKeyFor(TokenAlgorithm.HS384)).isFalse();
        assertThat(longest.hasKeyFor(TokenAlgorithm.HS512)).isTrue();
    }

    @Test
    void aPointThatIsOnNoCurveIsNoKey() {
        assertThatThrownBy(() -> own("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}"))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{}",
                "{\"keys\":[]}",
                "{\"keys\":{}}",
                "[]",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
            })
    void whatIsNoKeyIsRefusedAndNotRepeated(String text) {
        assertThatThrownBy(() -> own(text))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("c2VjcmV0"));
    }
}
