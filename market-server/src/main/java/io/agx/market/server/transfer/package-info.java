/**
 * Moves what a store has into a file and from a file into an empty store: the format (market-server/doc/EXPORT.md), and who writes and
 * reads it. It knows the store and nobody who serves.
 */
@NullMarked
package io.agx.market.server.transfer;

import org.jspecify.annotations.NullMarked;
