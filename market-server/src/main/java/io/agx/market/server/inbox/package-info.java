/**
 * Private messages of users: one thread numbers them and makes them durable in the log, the flush thread pushes them, and readers find them
 * in memory and in the store. It knows the journal, the store, rooms and subscribers; no commands, no HTTP, no Jetty, no jakarta.
 */
@NullMarked
package io.agx.market.server.inbox;

import org.jspecify.annotations.NullMarked;
