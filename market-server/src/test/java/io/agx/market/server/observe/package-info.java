/** What operators are told: metrics, alerts, the dashboard, and the log. */
@NullMarked
package io.agx.market.server.observe;

import org.jspecify.annotations.NullMarked;
