/** {@code market load}: many clients, counted. Knows the client's API, and neither the server nor picocli. */
@NullMarked
package io.agx.market.server.cli.load;

import org.jspecify.annotations.NullMarked;
