/**
 * The machine-readable documents: OpenAPI of REST, AsyncAPI of the WebSocket, and the JSON Schemas that both share. Generated from the
 * protocol's own enums and limits. It writes text and nothing else: no servlet, no socket, nothing of the market's state.
 */
@NullMarked
package io.agx.market.server.api;

import org.jspecify.annotations.NullMarked;
