/** {@code market watch}: what a client receives, as a screen or as lines. Knows the client's API, and neither the server nor picocli. */
@NullMarked
package io.agx.market.server.cli.watch;

import org.jspecify.annotations.NullMarked;
