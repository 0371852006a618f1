/**
 * The wire contract as JSON text: {@code market.v1+json}. Decoders of hostile input and encoders of exact bytes.
 *
 * <p>It knows the protocol's values, the model and Jackson. It knows no sockets, no clock, no logger and no thread, and no class
 * of Jackson shows in a signature that others need.
 */
@NullMarked
package io.agx.market.core.protocol.json;

import org.jspecify.annotations.NullMarked;
