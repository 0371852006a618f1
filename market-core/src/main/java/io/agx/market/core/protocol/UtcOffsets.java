package io.agx.market.core.protocol;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Texts;

/** The text of a UTC offset: {@code +08:00}, {@code -05:30}. Pure functions. */
public final class UtcOffsets {
    private static final int LENGTH = 6;

    private UtcOffsets() {}

    /**
     * Reads {@code ±HH:MM}.
     *
     * @return minutes east of UTC: −720 to +840, a multiple of 15
     * @throws ProtocolException with {@link ErrorCode#BAD_FIELD} and field {@code utcOffset} for any other text
     */
    public static int parse(String text) {
        if (text.length() == LENGTH && text.charAt(3) == ':') {
            char sign = text.charAt(0);
            int hours = twoDigits(text, 1);
            int minutes = twoDigits(text, 4);
            if ((sign == '+' || sign == '-') && hours >= 0 && minutes >= 0 && minutes < 60) {
                int offset = hours * 60 + minutes;
                offset = sign == '-' ? -offset : offset;
                if (offset >= KlineInterval.MIN_UTC_OFFSET_MINUTES
                        && offset <= KlineInterval.MAX_UTC_OFFSET_MINUTES
                        && offset % KlineInterval.UTC_OFFSET_STEP_MINUTES == 0) {
                    return offset;
                }
            }
        }
        throw new ProtocolException(
                ErrorCode.BAD_FIELD,
                "utcOffset",
                "utcOffset must be -12:00 to +14:00 in quarter hours, such as +08:00, was \"" + Texts.clip(text)
                        + "\"");
    }

    /** Prints what {@link #parse(String)} reads; 0 is {@code +00:00}. */
    public static String format(int utcOffsetMinutes) {
        int absolute = Math.abs(utcOffsetMinutes);
        StringBuilder text = new StringBuilder(LENGTH).append(utcOffsetMinutes < 0 ? '-' : '+');
        appendTwoDigits(text, absolute / 60);
        appendTwoDigits(text.append(':'), absolute % 60);
        return text.toString();
    }

    private static int twoDigits(String text, int at) {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    private static void appendTwoDigits(StringBuilder text, int value) {
        text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
