/** What the process logs: the only package that knows Logback. It knows nobody else. */
@NullMarked
package io.agx.market.server.logging;

import org.jspecify.annotations.NullMarked;
