/** Fakes and rigs that the tests of several packages use. */
@NullMarked
package io.agx.market.server.testing;

import org.jspecify.annotations.NullMarked;
