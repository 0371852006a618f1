package io.agx.market.server.http;

import java.util.Map;

/** What every answer tells a browser not to do with it. */
public final class SecurityHeaders {
    /** Of JSON and text: nothing in it is to be run, framed, guessed at or told to others. */
    public static final Map<String, String> OF_DATA = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

    /** Of pages: all they need is beside them. */
    static final String POLICY_OF_PAGES = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

    static final String POLICY = "Content-Security-Policy";

    private SecurityHeaders() {}
}
