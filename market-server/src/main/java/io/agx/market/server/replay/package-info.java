/**
 * The past, played to one connection: a private state is fed from history by a clock of its own, and sends what the rooms would
 * have sent. It knows history, rooms' messages and subscribers; no commands' text, no sockets, no live state.
 */
@NullMarked
package io.agx.market.server.replay;

import org.jspecify.annotations.NullMarked;
