/** The command line: options, help and exit codes. What the commands do is the composition root's. */
@NullMarked
package io.agx.market.server.cli;

import org.jspecify.annotations.NullMarked;
