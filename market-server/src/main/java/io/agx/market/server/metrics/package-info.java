/**
 * Figures as Prometheus reads them. It knows Micrometer and nothing of the server: the composition root hands it suppliers, and whoever
 * owns a figure keeps it, as a plain field or as one of {@code measure}, to be read from outside.
 */
@NullMarked
package io.agx.market.server.metrics;

import org.jspecify.annotations.NullMarked;
