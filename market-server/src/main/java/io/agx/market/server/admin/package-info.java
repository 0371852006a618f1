/**
 * The operator's view: what rooms, connections and the server do, and the two things an operator may do to them: look at the messages of one
 * connection, and drain. It asks the flush thread and copies; it knows no HTTP, no JSON and no tokens.
 */
@NullMarked
package io.agx.market.server.admin;

import org.jspecify.annotations.NullMarked;
