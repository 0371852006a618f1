/**
 * How owners of a figure count it: distributions and counts by word, written where things happen and read by anyone. It knows nobody, and no
 * metrics library: what is told of it is the composition root's.
 */
@NullMarked
package io.agx.market.server.measure;

import org.jspecify.annotations.NullMarked;
