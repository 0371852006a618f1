/** Whether the server may be sent traffic: what each of its parts says of itself, and since when. It knows nobody. */
@NullMarked
package io.agx.market.server.health;

import org.jspecify.annotations.NullMarked;
