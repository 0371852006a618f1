package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.json.CommandDecoder;
import java.util.Locale;
import java.util.regex.Pattern;

/** What is shown of a message: never a token. Where it cannot be told whether a text holds one, nothing is shown. */
final class TraceText {
    static final String AUTH = "{\"event\":\"auth\",\"data\":{\"token\":\"(not shown)\"}}";
    static final String NOT_SHOWN = "(not shown: it may hold a token)";

    /** A JSON Web Token, which begins with the base64 of an open brace, whole or cut off. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*){0,4}");

    private static final Pattern TOKEN_FIELD = Pattern.compile("(\"token\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*");

    private TraceText() {}

    /** A message of the peer. */
    static String ofPeer(String text) {
        if (text.equals("PING") || text.equals("PONG")) {
            return text;
        }
        try {
            if (CommandDecoder.decode(text) instanceof ClientCommand.Auth) {
                return AUTH;
            }
        } catch (ProtocolException e) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.contains("auth") || lower.contains("token")) {
                return NOT_SHOWN; // It was meant to be auth, or may have been.
            }
        }
        // A name that is written with escapes is not looked into: nobody needs them for ASCII.
        return text.contains("\\u00") ? NOT_SHOWN : withoutTokens(text);
    }

    static String withoutTokens(String text) {
        if (!text.contains("eyJ") && !text.contains("\"token\"")) {
            return text;
        }
        String withoutField = TOKEN_FIELD.matcher(text).replaceAll("$1(not shown)");
        return TOKEN.matcher(withoutField).replaceAll("(not shown)");
    }

    /** The first characters; a pair of surrogates is not cut. */
    static String clip(String text, int mostChars) {
        if (text.length() <= mostChars) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(mostChars - 1)) ? mostChars - 1 : mostChars);
    }
}
