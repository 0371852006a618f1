package io.agx.market.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a response may say to an offer: RFC 7692 section 7.1. */
final class OfferRules {
    static final String EXTENSIONS = "Sec-WebSocket-Extensions";

    private OfferRules() {}

    /**
     * Checks an answer.
     *
     * @param lines the request's headers
     * @param answered the response's extensions
     */
    static void check(List<String> lines, String answered) {
        List<String> parts = new ArrayList<>();
        for (String part : answered.split(";", -1)) {
            parts.add(part.strip().replace("\"", ""));
        }
        assertThat(parts.get(0)).isEqualTo("permessage-deflate");
        List<String> parameters = parts.subList(1, parts.size());
        assertThat(parameters)
                .doesNotHaveDuplicates()
                .allMatch(each -> each.equals("server_no_context_takeover")
                        || each.equals("client_no_context_takeover")
                        || each.equals("server_max_window_bits=15")
                        || each.matches("client_max_window_bits=([89]|1[0-5])"));

        String accepted = acceptedOffer(lines);
        for (String needed : List.of("server_no_context_takeover", "server_max_window_bits")) {
            if (accepted.contains(needed)) {
                assertThat(parameters).anyMatch(each -> each.startsWith(needed));
            }
        }
        if (!accepted.contains("client_max_window_bits")) {
            assertThat(parameters).noneMatch(each -> each.startsWith("client_max_window_bits"));
        }
    }

    /** The last offer of permessage-deflate: the tables put one that can be accepted behind those that cannot. */
    private static String acceptedOffer(List<String> lines) {
        String offers = "";
        for (String line : lines) {
            if (line.toLowerCase(Locale.ROOT).startsWith(EXTENSIONS.toLowerCase(Locale.ROOT) + ":")) {
                offers = line;
            }
        }
        return offers.substring(offers.lastIndexOf("permessage-deflate"));
    }
}
