/**
 * The wire contract as values: room names, commands, events, error and close codes. {@code market-core/doc/PROTOCOL.md} is its
 * specification.
 *
 * <p>Everything here is immutable. It knows the model and nothing else: no JSON (that is {@code protocol.json}), no I/O, no
 * clock, no logger and no thread.
 */
@NullMarked
package io.agx.market.core.protocol;

import org.jspecify.annotations.NullMarked;
