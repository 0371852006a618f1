/** What the tests of this module share: trades, recorders and a plain reference computation. */
@NullMarked
package io.agx.market.core.testing;

import org.jspecify.annotations.NullMarked;
