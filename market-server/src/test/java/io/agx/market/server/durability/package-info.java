/** What the tests of durability share: a server as a child process, a REST client, and a market computed with BigDecimal. */
@NullMarked
package io.agx.market.server.durability;

import org.jspecify.annotations.NullMarked;
