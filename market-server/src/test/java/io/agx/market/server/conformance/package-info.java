/**
 * Cases of RFC 6455 and RFC 7692 as tables, and a client that sends them byte by byte. It knows the server by its sockets only.
 */
@NullMarked
package io.agx.market.server.conformance;

import org.jspecify.annotations.NullMarked;
