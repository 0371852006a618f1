package io.agx.market.server.attack;

import java.nio.file.Path;
import java.util.List;

/**
 * The WAR in Tomcat.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='*InTomcatIT' \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.attack.full=true -Dmarket.delivery.full=true
 * }</pre>
 */
final class HostileInputsInTomcatIT extends HostileInputsSuite {
    @Override
    Victim start(Path dataFolder) throws Exception {
        return Victim.startInTomcat(dataFolder);
    }

    @Override
    List<Allowance> allowances() {
        return List.of(
                new Allowance(
                        "Tomcat may lose its Close frame, or send 1001 instead, where another thread still completes a message; the client comes back, as after 1006",
                        "ended with (eof|reset|1001)|no Close frame",
                        "(BAD_FRAMES|BAD_COMMAND|ANY_COMMAND) .*"),
                new Allowance(
                        "Tomcat answers what it refuses before the application with a page of its own, without version, reason or stack",
                        "a page: Answer\\[status=4(?!.*(Apache Tomcat/|Exception|java\\.|org\\.apache)).*",
                        "BAD_REQUEST .*"),
                new Allowance(
                        "RFC 9112 section 6.1, RFC 9110 section 9.1: a transfer coding or a method that is not known is 501",
                        "status 501",
                        "(ANY_REQUEST (coding|random)|BAD_REQUEST line CONNECT) .*"),
                new Allowance(
                        "RFC 9110 section 7.8: of the protocols that Upgrade lists the server chooses, and Tomcat chooses the WebSocket",
                        "accepted with 101",
                        "BAD_REQUEST handshake with Upgrade: h2c"),
                new Allowance(
                        "RFC 9110 section 15.6.6: a version of HTTP that is not known is 505",
                        "status 505",
                        "(ANY_REQUEST random|BAD_REQUEST line) .*"));
    }
}
