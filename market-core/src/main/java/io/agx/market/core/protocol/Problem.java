package io.agx.market.core.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Why something was refused. Immutable.
 *
 * @param code the stable name
 * @param field the field at fault, or null if it is none in particular
 * @param message one sentence for people: names field, limit and actual value
 */
public record Problem(ErrorCode code, @Nullable String field, String message) {}
