package io.agx.market.core.protocol;

import java.util.Optional;

/** How often a room is published at most. */
public enum Rate {
    /** Each change, coalesced only within one flush window. */
    RAW("raw", 0),
    MILLIS_100("100ms", 100),
    MILLIS_250("250ms", 250),
    MILLIS_500("500ms", 500),
    SECOND_1("1s", 1_000),
    SECOND_2("2s", 2_000),
    SECOND_5("5s", 5_000),
    SECOND_10("10s", 10_000);

    private static final Rate[] ALL = values();

    private final String code;
    private final int periodMillis;

    Rate(String code, int periodMillis) {
        this.code = code;
        this.periodMillis = periodMillis;
    }

    /** The word after {@code @} in a room's name. */
    public String code() {
        return code;
    }

    /** Time between two publications, in milliseconds; 0 for {@link #RAW}. */
    public int periodMillis() {
        return periodMillis;
    }

    /** The rate of a word (case counts), or nothing if there is none. */
    public static Optional<Rate> ofCode(String code) {
        for (Rate rate : ALL) {
            if (rate.code.equals(code)) {
                return Optional.of(rate);
            }
        }
        return Optional.empty();
    }
}
