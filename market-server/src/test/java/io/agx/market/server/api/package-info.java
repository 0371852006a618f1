/** Whether the machine-readable documents are valid, complete, and true of what the server sends. */
@NullMarked
package io.agx.market.server.api;

import org.jspecify.annotations.NullMarked;
