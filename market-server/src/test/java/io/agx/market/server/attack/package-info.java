/**
 * Peers that mean harm, against the server as a process of its own: what they send must end their own connections, and nothing else. Small in
 * the default build; with {@code -Dmarket.attack.full=true} in the sizes that are promised.
 */
package io.agx.market.server.attack;
