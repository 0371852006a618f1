/** One behaviour suite, three containers: embedded Jetty, and the WAR in Jetty and Tomcat. It knows the server by its sockets only. */
@NullMarked
package io.agx.market.server.container;

import org.jspecify.annotations.NullMarked;
