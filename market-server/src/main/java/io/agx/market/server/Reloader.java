package io.agx.market.server;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.admin.ReloadReport;
import io.agx.market.server.config.ConfigChange;
import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.LogConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.ingest.InstrumentRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again while the server runs. Thread-safe; one at a time. Everything is read and judged first: of a configuration with a mistake
 * nothing is taken. Then what can be taken is, and all is told, in the log and to who asked.
 */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    /** Takes on the part of a configuration that a running server can; tells what that changed beside the keys' own values. */
    interface Server {
        /**
         * @throws IOException if a file with keys cannot be read; nothing has changed
         * @throws IllegalArgumentException if a value is not good; nothing has changed
         * @throws LogUnavailableException if the log does not take an instrument; those before it are defined, nothing else has changed
         */
        List<ConfigChange> reconfigure(MarketConfig next) throws IOException;
    }

    /** For another reload, which takes a file's reading and a force of the log. */
    private static final long WAIT_MILLIS = 5_000;

    private final Server server;
    private final Consumer<LogConfig> log;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private LoadedConfig running;

    /** @param log sets levels */
    Reloader(LoadedConfig running, Server server, Consumer<LogConfig> log) {
        this.running = running;
        this.server = server;
        this.log = log;
    }

    /**
     * @param by who wants it, for the log
     * @throws ProtocolException if the configuration is not good, and nothing has changed; or if another reload is under way
     */
    ReloadReport reload(String by) {
        if (!lockInTime()) {
            LOG.warn("configuration was not read again, another reload is under way: by={}", by);
            throw new ProtocolException(ErrorCode.BACK_PRESSURE, null, "another reload is under way");
        }
        try {
            return reloadLocked(by);
        } catch (LogUnavailableException e) {
            LOG.warn("configuration was not taken: by={} cause={}", by, e.getMessage());
            throw new ProtocolException(
                    ErrorCode.LOG_UNAVAILABLE, "instruments", "the trade log takes no instruments: " + e.getMessage());
        } catch (InstrumentRegistry.BusyException e) { // What came before it holds: instruments are made one by one.
            LOG.warn("configuration was not taken in whole: by={} cause={}", by, e.getMessage());
            throw new ProtocolException(ErrorCode.BACK_PRESSURE, "instruments", String.valueOf(e.getMessage()));
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            String problems = String.valueOf(e.getMessage()).replace("\n", "; ");
            LOG.warn("configuration was not taken, nothing has changed: by={} problems={}", by, problems);
            throw new ProtocolException(ErrorCode.BAD_FIELD, "config", "nothing has changed: " + problems);
        } finally {
            lock.unlock();
        }
    }

    private boolean lockInTime() {
        try {
            return lock.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ReloadReport reloadLocked(String by) throws IOException {
        LoadedConfig.Reloaded reloaded = running.reload();
        List<ConfigChange> all = new ArrayList<>(reloaded.changes());
        all.removeIf(change -> change.key().equals("instruments")); // Each is told by itself.
        all.addAll(server.reconfigure(reloaded.config()));
        log.accept(reloaded.config().log());
        running = reloaded.running();
        List<ReloadReport.Change> changed = new ArrayList<>();
        List<ReloadReport.Change> needRestart = new ArrayList<>();
        for (ConfigChange each : all) {
            (each.reloadable() ? changed : needRestart)
                    .add(new ReloadReport.Change(each.key(), each.before(), each.after()));
        }
        LOG.info(
                "configuration was read again: by={} changed={} needRestart={}",
                by,
                changed.size(),
                needRestart.size());
        for (ReloadReport.Change each : changed) {
            LOG.info("configuration changed: key={} from={} to={}", each.key(), each.before(), each.after());
        }
        for (ReloadReport.Change each : needRestart) {
            LOG.warn(
                    "configuration needs a restart: key={} runs={} configured={}",
                    each.key(),
                    each.before(),
                    each.after());
        }
        return new ReloadReport(changed, needRestart);
    }
}
