package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Who may open a connection, from where, how often and how many: one for all the ways into a server. Thread-safe. */
public final class Admission {
    /** When an address that has all its connections may ask again, seconds: one of them has to end first. */
    private static final String FULL_RETRY_SECONDS = "5";

    private volatile Rules rules;
    private final AddressTable addresses;
    private final EdgeCounters counters = new EdgeCounters();

    private record Rules(ClientAddresses clients, OriginPolicy origins) {}

    /** @param nanoClock monotonic */
    public Admission(ClientAddresses clients, OriginPolicy origins, AddressLimits limits, LongSupplier nanoClock) {
        rules = new Rules(clients, origins);
        this.addresses = new AddressTable(limits, nanoClock);
    }

    /** Pages from here and programs from anywhere, within the limits of {@link AddressLimits#DEFAULTS}. */
    public static Admission standard() {
        ClientAddresses clients = new ClientAddresses(List.of());
        return new Admission(clients, new OriginPolicy(List.of(), clients), AddressLimits.DEFAULTS, System::nanoTime);
    }

    /** From now on these hold; connections that there are stay, and count. */
    public void change(ClientAddresses clients, OriginPolicy origins, AddressLimits limits) {
        rules = new Rules(clients, origins);
        addresses.setLimits(limits);
    }

    public OriginPolicy origins() {
        return rules.origins();
    }

    public EdgeCounters counters() {
        return counters;
    }

    /** Addresses that are remembered now. */
    public int addressCount() {
        return addresses.size();
    }

    /** Refuses a handshake that an address begins too soon after others. */
    Optional<Verdict.Refused> takeHandshake(HandshakeRequest request) {
        OptionalLong retryMillis = addresses.takeHandshake(rules.clients().of(request));
        if (retryMillis.isEmpty()) {
            return Optional.empty();
        }
        counters.count(EdgeCounters.Reason.HANDSHAKE_RATE);
        AddressLimits limits = addresses.limits();
        long seconds = TimeUnit.MILLISECONDS.toSeconds(retryMillis.getAsLong() + 999);
        return Optional.of(new Verdict.Refused(
                429,
                new Problem(
                        ErrorCode.RATE_LIMITED,
                        null,
                        "an address may begin " + limits.handshakesPerSecond() + " handshakes per second, "
                                + limits.handshakeBurst() + " at once"),
                Map.of("Retry-After", String.valueOf(Math.max(1, seconds)))));
    }

    /** Refuses the handshake of a page from elsewhere: a browser lets any page try, and sends along who its user is. */
    Optional<Verdict.Refused> foreign(HandshakeRequest request) {
        return origins().relation(request) == OriginPolicy.Relation.FOREIGN
                ? Optional.of(refuseForeign(request))
                : Optional.empty();
    }

    /** The answer to a request of a page from elsewhere; counts it. */
    public Verdict.Refused refuseForeign(HandshakeRequest request) {
        counters.count(EdgeCounters.Reason.ORIGIN);
        return new Verdict.Refused(
                403,
                new Problem(
                        ErrorCode.FORBIDDEN,
                        "Origin",
                        "pages from \"" + Texts.clip(request.joined("Origin"))
                                + "\" may not do this here; the server's option --origins lists those that may"),
                Map.of());
    }

    Optional<Lease> connect(HandshakeRequest request) {
        return addresses.connect(rules.clients().of(request));
    }

    Verdict.Refused tooManyConnections() {
        counters.count(EdgeCounters.Reason.CONNECTIONS_PER_ADDRESS);
        return new Verdict.Refused(
                429,
                new Problem(
                        ErrorCode.RATE_LIMITED,
                        null,
                        "an address may have " + addresses.limits().connections()
                                + " connections, and this one has: close one first"),
                Map.of("Retry-After", FULL_RETRY_SECONDS));
    }
}
