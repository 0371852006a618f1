/**
 * Counters as Prometheus reads them. It knows Micrometer and nothing of the server: the composition root hands it suppliers, and whoever
 * owns a counter keeps it as a plain field that is read from outside.
 */
@NullMarked
package io.agx.market.server.metrics;

import org.jspecify.annotations.NullMarked;
