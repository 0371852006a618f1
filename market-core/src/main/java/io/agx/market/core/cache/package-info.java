/**
 * What readers see: immutable snapshots of instruments, and the registry of them.
 *
 * <p>It knows the model and the kline windows: no I/O, no clock, no logger, no thread of its own, and not the state that
 * makes the snapshots.
 *
 * <p><b>Memory.</b> See {@link io.agx.market.core.cache.SnapshotCache}.
 */
@NullMarked
package io.agx.market.core.cache;

import org.jspecify.annotations.NullMarked;
