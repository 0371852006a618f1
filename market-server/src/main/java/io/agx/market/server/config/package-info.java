/** What can be set, with defaults, units and ranges. It knows the limits that others declare, and nobody else. */
@NullMarked
package io.agx.market.server.config;

import org.jspecify.annotations.NullMarked;
