package io.agx.market.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Makes tokens of a secret that the server knows too: for local use and for publishers of one's own. Immutable. */
public final class TokenIssuer {
    private final MACSigner signer;
    private final String issuer;
    private final String audience;

    /**
     * @param issuer told in {@code iss}; empty for none
     * @param audience told in {@code aud}; empty for none
     * @throws IOException if the secret is too weak
     */
    public TokenIssuer(byte[] secret, String issuer, String audience) throws IOException {
        VerificationKey.ofSecret(null, secret); // What the server would refuse is not used here either.
        this.issuer = issuer;
        this.audience = audience;
        try {
            signer = new MACSigner(secret);
        } catch (JOSEException e) {
            throw new IOException("the secret cannot be used", e);
        }
    }

    /**
     * A token, signed with HS256.
     *
     * @param userId its {@code sub}
     * @param nowMillis epoch milliseconds
     * @param ttlMillis from then until it expires, in whole seconds
     * @throws IllegalArgumentException if a value is out of its range
     */
    public String issue(String userId, Set<Scope> scopes, long nowMillis, long ttlMillis) {
        Identity identity = new Identity(userId, scopes, nowMillis + ttlMillis);
        List<String> words = new ArrayList<>();
        for (Scope scope : Scope.values()) {
            if (identity.may(scope)) {
                words.add(scope.code());
            }
        }
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(userId)
                .claim("iat", TimeUnit.MILLISECONDS.toSeconds(nowMillis))
                .claim("exp", TimeUnit.MILLISECONDS.toSeconds(identity.expiresTimeMillis()));
        if (!words.isEmpty()) {
            claims.claim("scope", String.join(" ", words));
        }
        if (!issuer.isEmpty()) {
            claims.issuer(issuer);
        }
        if (!audience.isEmpty()) {
            claims.audience(audience);
        }
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 is not there", e);
        }
        return token.serialize();
    }
}
