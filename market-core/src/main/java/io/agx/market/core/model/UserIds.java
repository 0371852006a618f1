package io.agx.market.core.model;

/** What names a user, in tokens, in trades and in inboxes. */
public final class UserIds {
    /** Longest one, in characters. */
    public static final int MAX_LENGTH = 128;

    private UserIds() {}

    /** Whether it can be one: 1 to 128 characters of text. */
    public static boolean isValid(String id) {
        return !id.isEmpty() && id.length() <= MAX_LENGTH && Texts.notText(id) < 0;
    }
}
