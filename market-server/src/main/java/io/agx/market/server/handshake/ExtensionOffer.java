package io.agx.market.server.handshake;

import java.util.List;
import java.util.Optional;

/**
 * One element of {@code Sec-WebSocket-Extensions} as the client wrote it. Immutable.
 *
 * @param parameters in the order of the header, doubled names included
 */
record ExtensionOffer(String name, List<Parameter> parameters) {
    ExtensionOffer {
        parameters = List.copyOf(parameters);
    }

    /** @param value empty if the parameter has none, which is not the same as an empty one ({@code ""}) */
    record Parameter(String name, Optional<String> value) {}
}
