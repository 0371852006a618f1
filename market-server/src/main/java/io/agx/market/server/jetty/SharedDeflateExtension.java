package io.agx.market.server.jetty;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.internal.PerMessageDeflateExtension;

/**
 * permessage-deflate without context takeover in either direction (RFC 7692 section 7.1.1), whether the client asked for it or not: so a
 * publication is compressed once for all connections, and none of them keeps a window of 32 KiB between its messages. Jetty inflates what
 * comes in; what goes out is compressed already when it reaches the socket (see {@link DirectTransport}).
 *
 * <p>Made by Jetty, one for each connection that negotiated it. Public, and with a public constructor, because Jetty's object factory asks
 * for both.
 */
public final class SharedDeflateExtension extends PerMessageDeflateExtension {
    static final String NAME = "permessage-deflate";

    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
    private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
    /** The only window that java.util.zip has. */
    private static final String LARGEST_WINDOW = "15";

    private ExtensionConfig agreed = new ExtensionConfig(NAME);

    @Override
    public void init(ExtensionConfig offer, WebSocketComponents components) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(SERVER_NO_TAKEOVER, null);
        parameters.put(CLIENT_NO_TAKEOVER, null);
        super.init(new ExtensionConfig(NAME, parameters), components);
        if (offer.getParameterKeys().contains(SERVER_WINDOW)) {
            parameters.put(SERVER_WINDOW, LARGEST_WINDOW); // Smaller ones were declined before.
        }
        agreed = new ExtensionConfig(NAME, parameters);
    }

    /** What the answer says. */
    @Override
    public ExtensionConfig getConfig() {
        return agreed;
    }
}
