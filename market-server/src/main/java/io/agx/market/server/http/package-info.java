/**
 * REST: the same payloads and the same {@code seq} as the rooms, errors as RFC 9457 problem details. Plain servlets with
 * constructors; it knows ingest, history and core.
 */
@NullMarked
package io.agx.market.server.http;

import org.jspecify.annotations.NullMarked;
