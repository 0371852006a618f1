/** JMH benchmarks; not released, imported by nobody. */
@NullMarked
package io.agx.market.bench;

import org.jspecify.annotations.NullMarked;
