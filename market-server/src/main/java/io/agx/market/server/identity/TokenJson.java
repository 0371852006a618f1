package io.agx.market.server.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads a token's parts strictly: what two readers could understand in two ways is no token. Messages never repeat what was read. Pure
 * functions.
 */
final class TokenJson {
    /** What identity providers put into claims is nested three deep. */
    private static final int MAX_DEPTH = 16;

    private static final int MAX_NUMBER_LENGTH = 32;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TokenJson() {}

    /**
     * Base64 of the URL-safe alphabet without padding, in the one form that its bytes have.
     *
     * @param what how the part is called in a message
     */
    static byte[] decode(String part, String what) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw malformed("its " + what + " is not in base64url without padding");
    }

    /** One JSON object in UTF-8, no name twice, nothing behind it. */
    static JsonNode object(String part, String what) {
        byte[] bytes = decode(part, what);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonNode node = MAPPER.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException | CharacterCodingException | NumberFormatException e) {
            // Told below.
        }
        throw malformed("its " + what + " is not one JSON object");
    }

    static ProtocolException malformed(String why) {
        return new ProtocolException(ErrorCode.TOKEN_MALFORMED, "token", "this is no token: " + why);
    }
}
