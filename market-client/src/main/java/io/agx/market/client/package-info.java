/**
 * The Java client of the market gateway: live rooms with recovery, and history, over one WebSocket.
 *
 * <p>Public is what an application calls; connecting, backoff, heartbeat, resubscription and recovery are package-private. It
 * knows the protocol and the model of core, nothing of the server and none of core's state.
 */
@NullMarked
package io.agx.market.client;

import org.jspecify.annotations.NullMarked;
