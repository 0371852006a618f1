package io.agx.market.client;

import java.net.http.HttpResponse;

/** What a server that refuses for the time being asks for: {@code Retry-After} in seconds (RFC 9110 section 10.2.3; dates are not read). */
final class RetryAfter {
    private RetryAfter() {}

    /** The wait in milliseconds, less than three hours; 0 if the answer tells none. */
    static long millis(HttpResponse<?> answer) {
        String seconds = answer.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("\\d{1,4}") ? Long.parseLong(seconds) * 1_000 : 0;
    }
}
