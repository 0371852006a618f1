package io.agx.market.server.handshake;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How many connections each address has, and how many handshakes it may still begin: a token bucket on the monotonic clock. Thread-safe, waits
 * for nothing.
 *
 * <p>Bounded: an address with connections is kept, of which there are no more than connections; of the others the last {@value #MAX_IDLE}, and no
 * longer than its bucket takes to be full again, for then there is nothing to remember.
 */
final class AddressTable {
    /** Addresses without a connection that are remembered; about 100 bytes each. */
    static final int MAX_IDLE = 65_536;

    private final LongSupplier nanoClock;
    // Written under the lock, read by anyone.
    private volatile AddressLimits limits;
    // Guarded by this. The idle are in the order of their last handshake.
    private final Map<IpAddress, Address> connected = new HashMap<>();
    private final LinkedHashMap<IpAddress, Address> idle = new LinkedHashMap<>();

    private static final class Address {
        private int connections;
        private double tokens;
        private long lastNanos;
    }

    AddressTable(AddressLimits limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
    }

    /** From now on these hold. What an address has taken stays taken, also where it had no limit. */
    synchronized void setLimits(AddressLimits newLimits) {
        limits = newLimits;
    }

    private double perNano() {
        return limits.handshakesPerSecond() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    AddressLimits limits() {
        return limits;
    }

    /** Takes one handshake; returns the milliseconds until there is one again, or nothing if there was one left. */
    synchronized OptionalLong takeHandshake(IpAddress client) {
        if (limits.handshakesPerSecond() == 0 || IpRange.anyContains(limits.unlimited(), client)) {
            return OptionalLong.empty();
        }
        long now = nanoClock.getAsLong();
        Address address = touch(client.network(), now);
        address.tokens = Math.min(limits.handshakeBurst(), address.tokens + (now - address.lastNanos) * perNano());
        address.lastNanos = now;
        if (address.tokens < 1) {
            return OptionalLong.of(1 + (long) ((1 - address.tokens) / perNano() / TimeUnit.MILLISECONDS.toNanos(1)));
        }
        address.tokens -= 1;
        return OptionalLong.empty();
    }

    /** Takes a place for a connection, or nothing if the address has all it may have. */
    synchronized Optional<Lease> connect(IpAddress client) {
        boolean limited = limits.connections() > 0 && !IpRange.anyContains(limits.unlimited(), client);
        IpAddress network = client.network();
        Address address = connected.get(network);
        if (address == null) {
            address = touch(network, nanoClock.getAsLong());
            idle.remove(network);
            connected.put(network, address);
        }
        if (limited && address.connections >= limits.connections()) {
            return Optional.empty();
        }
        address.connections++;
        AtomicBoolean released = new AtomicBoolean();
        return Optional.of(() -> {
            if (released.compareAndSet(false, true)) {
                release(network);
            }
        });
    }

    /** Addresses that are remembered. */
    synchronized int size() {
        return connected.size() + idle.size();
    }

    private synchronized void release(IpAddress network) {
        Address address = connected.get(network);
        if (address != null && --address.connections == 0) {
            connected.remove(network);
            remember(network, address);
        }
    }

    private Address touch(IpAddress network, long now) {
        Address known = connected.get(network);
        if (known != null) {
            return known;
        }
        Address address = idle.remove(network);
        if (address == null) {
            address = new Address();
            address.tokens = limits.handshakeBurst();
            address.lastNanos = now;
        }
        remember(network, address);
        return address;
    }

    /** As the newest; forgets the oldest, as far as there is nothing to remember of them, or no room. */
    private void remember(IpAddress network, Address address) {
        idle.put(network, address);
        long now = nanoClock.getAsLong();
        long fullNanos = limits.handshakesPerSecond() == 0 ? 0 : (long) (limits.handshakeBurst() / perNano());
        Iterator<Address> oldest = idle.values().iterator();
        while (idle.size() > 1) {
            Address first = oldest.next();
            if (first == address || (now - first.lastNanos < fullNanos && idle.size() <= MAX_IDLE)) {
                return;
            }
            oldest.remove();
        }
    }
}
