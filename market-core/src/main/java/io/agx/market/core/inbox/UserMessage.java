package io.agx.market.core.inbox;

import io.agx.market.core.model.Texts;
import io.agx.market.core.model.UserIds;
import org.jspecify.annotations.Nullable;

/**
 * One message of a user's inbox. Immutable. Its content appears in no {@link #toString()}: it is private.
 *
 * @param userId whose it is, 1 to 128 characters
 * @param seq 1, 2, 3 … without holes per user; as text it is the message's id on the wire
 * @param type what kind it is, 1 to 32 characters of {@code a-z 0-9 _ . -}
 * @param title 1 to 200 characters
 * @param content at most 4,000 characters
 * @param dataJson what belongs to it, one JSON value of at most 8,192 bytes in UTF-8; or null
 * @param senderName who sent it, for people, 1 to 64 characters
 * @param senderAvatar URL of a picture, at most 512 characters; or null
 * @param createdTimeMillis epoch milliseconds
 * @param key its sender's name for it, by which it is kept once, 1 to 128 characters; or null
 */
public record UserMessage(
        String userId,
        long seq,
        String type,
        String title,
        String content,
        @Nullable String dataJson,
        String senderName,
        @Nullable String senderAvatar,
        long createdTimeMillis,
        @Nullable String key) {
    public static final int MAX_USER_ID = UserIds.MAX_LENGTH;
    public static final int MAX_TYPE = 32;
    public static final int MAX_TITLE = 200;
    public static final int MAX_CONTENT = 4_000;
    public static final int MAX_DATA_BYTES = 8_192;
    public static final int MAX_SENDER_NAME = 64;
    public static final int MAX_SENDER_AVATAR = 512;
    public static final int MAX_KEY = 128;

    /** Who sends what names no sender. */
    public static final String DEFAULT_SENDER = "system";

    /** @throws IllegalArgumentException if a part is out of its range; the message names it, its limit and what it had */
    public UserMessage {
        requireLength("userId", userId, 1, MAX_USER_ID);
        requireType(type);
        requireLength("title", title, 1, MAX_TITLE);
        requireLength("content", content, 0, MAX_CONTENT);
        requireLength("sender.nickname", senderName, 1, MAX_SENDER_NAME);
        if (senderAvatar != null) {
            requireLength("sender.avatar", senderAvatar, 0, MAX_SENDER_AVATAR);
        }
        if (key != null) {
            requireLength("idempotencyKey", key, 1, MAX_KEY);
        }
        if (dataJson != null) {
            requireText("data", dataJson);
            int bytes = utf8Length(dataJson);
            if (bytes > MAX_DATA_BYTES) {
                throw new IllegalArgumentException("data must have at most " + MAX_DATA_BYTES + " bytes, had " + bytes);
            }
        }
        if (seq < 0) {
            throw new IllegalArgumentException("seq must be 0 or higher, was " + seq);
        }
    }

    /** Its name on the wire. */
    public String id() {
        return Long.toString(seq);
    }

    /** The same under its number and time. */
    public UserMessage numbered(long newSeq, long newCreatedTimeMillis) {
        return new UserMessage(
                userId, newSeq, type, title, content, dataJson, senderName, senderAvatar, newCreatedTimeMillis, key);
    }

    /** The same to another user. */
    public UserMessage to(String otherUserId) {
        return new UserMessage(
                otherUserId, seq, type, title, content, dataJson, senderName, senderAvatar, createdTimeMillis, key);
    }

    /** Characters that it holds: what it takes in memory, roughly. */
    public int length() {
        return userId.length()
                + type.length()
                + title.length()
                + content.length()
                + senderName.length()
                + (dataJson == null ? 0 : dataJson.length())
                + (senderAvatar == null ? 0 : senderAvatar.length())
                + (key == null ? 0 : key.length());
    }

    @Override
    public String toString() {
        return "UserMessage[user=" + userId + ", seq=" + seq + ", type=" + type + ", " + length() + " characters]";
    }

    /** Bytes of a text in UTF-8. */
    public static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static void requireLength(String field, String text, int least, int most) {
        if (text.length() < least || text.length() > most) {
            throw new IllegalArgumentException(
                    field + " must have " + least + " to " + most + " characters, had " + text.length());
        }
        requireText(field, text);
    }

    private static void requireText(String field, String text) {
        int at = Texts.notText(text);
        if (at >= 0) {
            throw new IllegalArgumentException(field + " must be text, character " + (at + 1) + " is not, U+"
                    + Integer.toHexString(text.charAt(at)));
        }
    }

    private static void requireType(String type) {
        requireLength("type", type, 1, MAX_TYPE);
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-')) {
                throw new IllegalArgumentException("type must be of a-z 0-9 _ . -, character " + (i + 1) + " is not");
            }
        }
    }
}
