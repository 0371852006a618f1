/** The embedded server: the only package that knows {@code org.eclipse.jetty}. Left out of the WAR. */
@NullMarked
package io.agx.market.server.jetty;

import org.jspecify.annotations.NullMarked;
