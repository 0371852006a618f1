package io.agx.market.server.handshake;

import io.agx.market.core.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code Sec-WebSocket-Extensions}: RFC 6455 section 9.1. */
final class ExtensionOffers {
    /** Offers of one handshake, empty list elements included. Browsers send one or two; each costs a few objects. */
    static final int MAX_OFFERS = 16;

    /** Parameters of one offer. permessage-deflate has four. */
    static final int MAX_PARAMETERS = 16;

    private ExtensionOffers() {}

    /**
     * All offers, in the client's order of preference.
     *
     * @param lines each occurrence of the header
     */
    static List<ExtensionOffer> parse(List<String> lines) throws HeaderSyntaxException {
        List<ExtensionOffer> offers = new ArrayList<>();
        int elements = 0;
        for (String line : lines) {
            HeaderReader reader = new HeaderReader(line);
            do {
                if (++elements > MAX_OFFERS) {
                    throw new HeaderSyntaxException(ErrorCode.TOO_LARGE, "at most " + MAX_OFFERS + " offers are taken");
                }
                // RFC 9110 section 5.6.1: a recipient passes over a few empty elements.
                if (!reader.isAtEnd() && !reader.take(',')) {
                    offers.add(offer(reader));
                    if (!reader.isAtEnd() && !reader.take(',')) {
                        throw reader.unexpected("; or ,");
                    }
                }
            } while (!reader.isAtEnd());
        }
        return offers;
    }

    private static ExtensionOffer offer(HeaderReader reader) throws HeaderSyntaxException {
        String name = reader.token();
        List<ExtensionOffer.Parameter> parameters = new ArrayList<>();
        while (reader.take(';')) {
            if (parameters.size() == MAX_PARAMETERS) {
                throw new HeaderSyntaxException(
                        ErrorCode.TOO_LARGE, "at most " + MAX_PARAMETERS + " parameters of an offer are taken");
            }
            String parameter = reader.token();
            Optional<String> value = reader.take('=') ? Optional.of(reader.tokenOrQuoted()) : Optional.empty();
            parameters.add(new ExtensionOffer.Parameter(parameter, value));
        }
        return new ExtensionOffer(name, parameters);
    }
}
