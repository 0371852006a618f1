package io.agx.market.server.cli.load;

import io.agx.market.client.ClientCounters;
import io.agx.market.client.Latency;
import io.agx.market.client.MarketClient;
import io.agx.market.client.MarketException;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.InstrumentData;
import io.agx.market.core.protocol.TickerData;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Opens connections, counts, reports. Used once, by one thread. */
public final class Load {
    /** Beyond the time that the rate of connects takes: until the last connection must be in its rooms. */
    private static final long JOIN_SECONDS = 30;

    /** After the end of publishing, until all must have the last trade. */
    private static final long DRAIN_SECONDS = 10;

    /** Connections on their way into their rooms: more would only make each other time out. */
    private static final int MAX_UNANSWERED = 64;

    private static final long TELL_SECONDS = 2;
    private static final int PINGS = 10;
    private static final long LOOK_MILLIS = 5;

    private final LoadOptions options;
    private final Consumer<String> progress;
    private final Totals totals = new Totals();
    private final List<LoadMember> members = new ArrayList<>();
    private final Semaphore unanswered = new Semaphore(MAX_UNANSWERED);

    /** @param progress told, in a sentence, what is being done now */
    public Load(LoadOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Takes as long as the options say.
     *
     * @throws IOException if the server cannot be reached, refuses a room, or does not take the trades
     * @throws IllegalStateException if the system does not allow so many connections; the message says how to raise the limit
     */
    public LoadReport run() throws IOException {
        Long pid = options.pid();
        ProcessUsage server = pid == null ? null : ProcessUsage.of(pid);
        SystemLimits.check(options.connections(), server);
        try {
            return measure(server);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            members.forEach(LoadMember::close);
        }
    }

    private LoadReport measure(@Nullable ProcessUsage server) throws IOException, InterruptedException {
        progress.accept("connecting to " + options.server());
        MarketClient first = joinFirst();
        LoadReport.Clock clock = measureClock(first);
        totals.useClockOffset(clock.offsetMillis());
        Publisher publisher = options.publishesPerSecond() > 0 ? publisher(first) : null;
        LoadReport.Connects connects = joinAll();
        if (publisher != null) {
            publisher.start();
        }
        progress.accept(connects.opened() + " connections; warming up for " + options.warmSeconds()
                + " s, counting for " + options.seconds() + " s");
        TimeUnit.SECONDS.sleep(options.warmSeconds());
        LoadReport.Window window = count(server);
        long undelivered = publisher == null ? 0 : finish(publisher);
        return new LoadReport(
                options,
                connects,
                window,
                new LoadReport.Delivery(
                        sum(TradeTally::count),
                        sum(TradeTally::missing),
                        undelivered,
                        sumOfClients(ClientCounters::gapCount),
                        sumOfClients(ClientCounters::filledTradeCount),
                        sum(TradeTally::repeated) + sumOfClients(ClientCounters::duplicateTradeCount),
                        sumOfClients(ClientCounters::conflatedCount),
                        sumOfClients(ClientCounters::reconnectCount)),
                totals.latencies(),
                clock,
                publisher == null ? 0 : publisher.accepted());
    }

    /** Alone, so that what is wrong for all is told once. */
    private MarketClient joinFirst() throws IOException, InterruptedException {
        unanswered.acquire();
        LoadMember first = open();
        await(TELL_SECONDS, first.joined()::isDone);
        if (!first.joined().isDone()) {
            progress.accept("cannot connect: " + first.problem() + "; trying for " + JOIN_SECONDS + " s");
        }
        try {
            return first.joined().get(JOIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "cannot connect to " + options.server() + " within " + JOIN_SECONDS + " s: " + first.problem());
        } catch (ExecutionException e) {
            throw new IOException("cannot use " + options.server() + ": " + first.problem(), e);
        }
    }

    private LoadMember open() {
        LoadMember member =
                new LoadMember(options.uri(), options.token(), options.rooms(), totals, unanswered::release);
        members.add(member);
        return member;
    }

    /** The rest, at their rate. Who is not in all rooms in time is closed, and counts as failed. */
    private LoadReport.Connects joinAll() throws InterruptedException {
        double periodNanos = 1e9 / options.connectsPerSecond();
        long startNanos = System.nanoTime();
        for (int i = 0; members.size() < options.connections(); i++) {
            long dueNanos = startNanos + (long) (i * periodNanos);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNanos - System.nanoTime()));
            if (!unanswered.tryAcquire(JOIN_SECONDS, TimeUnit.SECONDS)) {
                break;
            }
            open();
        }
        await(
                JOIN_SECONDS,
                () -> members.stream().allMatch(member -> member.joined().isDone()));
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        int opened = 0;
        for (LoadMember member : members) {
            if (member.isIn()) {
                opened++;
            } else {
                member.close();
            }
        }
        return new LoadReport.Connects(
                opened, options.connections() - opened, totals.failedAttempts.sum(), totals.lastProblem(), seconds);
    }

    private LoadReport.Clock measureClock(MarketClient client) throws IOException, InterruptedException {
        if (isLoopback()) {
            return new LoadReport.Clock(true, 0, 0);
        }
        for (int i = 0; i < PINGS; i++) {
            get(client.ping(), "a ping");
        }
        Latency latency = client.latency();
        return new LoadReport.Clock(false, latency.clockOffsetMillis(), latency.minMicros());
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(options.uri().getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Publisher publisher(MarketClient client) throws IOException, InterruptedException {
        List<InstrumentData> instruments = get(client.instruments(), "the instruments");
        List<TickerData> tickers = get(client.tickers(), "the tickers");
        List<Publisher.Market> markets = new ArrayList<>();
        for (Symbol symbol : options.symbols()) {
            InstrumentData instrument = instruments.stream()
                    .filter(each -> each.symbol().equals(symbol.value()))
                    .findAny()
                    .orElseThrow(() -> new IOException("--symbols: the server has no instrument " + symbol));
            BigDecimal least = instrument.tickSize().multiply(BigDecimal.valueOf(1_000));
            BigDecimal price = tickers.stream()
                    .filter(each -> each.symbol().equals(symbol.value()))
                    .map(ticker -> ticker.last().max(least))
                    .findAny()
                    .orElse(least);
            markets.add(new Publisher.Market(symbol, price, instrument.tickSize(), instrument.stepSize()));
        }
        return new Publisher(client, markets, options.publishesPerSecond());
    }

    private LoadReport.Window count(@Nullable ProcessUsage server) throws InterruptedException {
        ProcessUsage own = ProcessUsage.own();
        Sample before = new Sample(own, server);
        totals.measure(true);
        TimeUnit.SECONDS.sleep(options.seconds());
        totals.measure(false);
        Sample after = new Sample(own, server);
        return new LoadReport.Window(
                (after.nanos - before.nanos) / 1e9,
                after.messages - before.messages,
                after.trades - before.trades,
                after.tickers - before.tickers,
                after.klines - before.klines,
                between(before.ownCpu, after.ownCpu).orElse(Duration.ZERO),
                between(before.serverCpu, after.serverCpu),
                server == null ? OptionalLong.empty() : server.residentBytes());
    }

    private static Optional<Duration> between(Optional<Duration> before, Optional<Duration> after) {
        return before.flatMap(start -> after.map(end -> end.minus(start)));
    }

    /** Stops publishing, and returns how many of its trades are not there once all have had time to get them. */
    private long finish(Publisher publisher) throws IOException, InterruptedException {
        publisher.stop();
        if (publisher.failure() != null) {
            throw new IOException(
                    "the server took " + publisher.accepted() + " trades, and then did not: " + publisher.failure());
        }
        LongSupplier undelivered = () -> {
            long count = 0;
            for (LoadMember member : members) {
                for (Symbol symbol : options.symbols()) {
                    TradeTally tally = member.isIn() ? member.tally(symbol) : null;
                    count += tally == null ? 0 : Math.max(0, publisher.lastSeq(symbol) - tally.lastSeq());
                }
            }
            return count;
        };
        await(DRAIN_SECONDS, () -> undelivered.getAsLong() == 0);
        return undelivered.getAsLong();
    }

    private long sum(ToLongFunction<TradeTally> what) {
        long sum = 0;
        for (LoadMember member : members) {
            for (TradeTally tally : member.tallies()) {
                sum += what.applyAsLong(tally);
            }
        }
        return sum;
    }

    private long sumOfClients(ToLongFunction<ClientCounters> what) {
        long sum = 0;
        for (LoadMember member : members) {
            ClientCounters counters = member.counters();
            sum += counters == null ? 0 : what.applyAsLong(counters);
        }
        return sum;
    }

    private static <T> T get(CompletableFuture<T> future, String what) throws IOException, InterruptedException {
        try {
            return future.get(JOIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer to " + what + " within " + JOIN_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new IOException(
                    "no answer to " + what + ": "
                            + (e.getCause() instanceof MarketException cause ? cause.getMessage() : e.getCause()),
                    e);
        }
    }

    private static void await(long seconds, BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean() && System.nanoTime() - endNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** Everything that counts on, at one moment. */
    private final class Sample {
        final long nanos = System.nanoTime();
        final long messages;
        final long trades = totals.trades.sum();
        final long tickers = totals.tickers.sum();
        final long klines = totals.klines.sum();
        final Optional<Duration> ownCpu;
        final Optional<Duration> serverCpu;

        Sample(ProcessUsage own, @Nullable ProcessUsage server) {
            ownCpu = own.cpu();
            serverCpu = server == null ? Optional.empty() : server.cpu();
            messages = sumOfClients(ClientCounters::messageCount);
        }
    }
}
