/*
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package org.pinion.pintracker.stateless;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.pintracker.PinCount;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.pintracker.StatusListener;
import org.pinion.spi.state.PinState;

/**
 * Pins on this peer's IPFS node what the pin set allocates to it and unpins the rest. It remembers only how operations
 * ended, in the datastore; everything else follows from the pin set, so that a successor or a restart goes on from there.
 */
@Component(
        name = "org.pinion.pintracker.stateless",
        immediate = true,
        service = {PinTracker.class, PinsetListener.class, PinCount.class, PinReconciler.class},
        configurationPid = "org.pinion.pintracker.stateless",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class StatelessTracker implements PinTracker, PinsetListener, PinCount, PinReconciler {
    /** Threads that read for callers or compare with the IPFS node. */
    private static final int WORKERS = 4;

    private static final int MAX_CALLS = 1024;
    private static final Duration RETRY_WAIT = Duration.ofMinutes(1);
    private static final Duration RECOVER_WAIT = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Rows rows = new Rows();
    private final Self self;
    private final Workers workers;
    private final Engine engine;
    private final CatchUp catchUp;
    private volatile @Nullable IpfsConnector ipfs;
    private volatile @Nullable PinState state;

    /** For this peer's name; absent while the section is replaced. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable ClusterConfig config;

    /** Who wants to hear of changed statuses. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    volatile List<StatusListener> listeners = List.of();

    /** Takes its section of service.json. */
    @Activate
    public StatelessTracker(
            Map<String, Object> properties, @Reference Executors executors, @Reference Secrets secrets) {
        clock = executors.clock();
        self = new Self(secrets.peerId(), this::peername);
        workers = executors.workers("pintracker.stateless", WORKERS, MAX_CALLS);
        engine = new Engine(
                executors,
                TrackerSettings.of(properties),
                new Engine.Parts(rows, self.id(), () -> state, () -> ipfs, this::missedChanges, this::statusChanged));
        catchUp = new CatchUp(clock, workers, engine, rows, self, this::missedChanges);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        engine.settings(TrackerSettings.of(properties));
    }

    /** Stops what runs; it is taken up again from the pin set and the rows. */
    @Deactivate
    void close() {
        workers.close();
        engine.close();
    }

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetIpfs")
    void setIpfs(IpfsConnector came) {
        ipfs = came;
        self.ask(came);
        began();
    }

    void unsetIpfs(IpfsConnector gone) {
        if (gone.equals(ipfs)) {
            ipfs = null;
        }
    }

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetState")
    void setState(PinState came) {
        state = came;
        began();
    }

    void unsetState(PinState gone) {
        if (gone.equals(state)) {
            state = null;
        }
    }

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetDatastore")
    void setDatastore(Datastore came) {
        rows.use(came);
        engine.inLane(rows::recount);
        began();
    }

    void unsetDatastore(Datastore gone) {
        rows.drop(gone);
    }

    private void began() {
        missedChanges();
        engine.wake();
    }

    private void missedChanges() {
        PinState pins = state;
        IpfsConnector node = ipfs;
        if (pins != null && node != null && rows.isThere()) {
            catchUp.request(pins, node);
        }
    }

    private String peername() {
        ClusterConfig current = config;
        return current == null ? "" : current.settings().peername();
    }

    @Override
    public void track(Pin pin) {
        engine.track(pin);
    }

    @Override
    public void untrack(Pin pin) {
        engine.untrack(pin);
    }

    @Override
    public void pinned(Pin pin) {
        engine.track(pin);
    }

    @Override
    public void unpinned(Pin pin) {
        engine.untrack(pin);
    }

    @Override
    public long pinned() {
        return rows.pinned();
    }

    @Override
    public long pinQueueSize() {
        return engine.operations().queuedPins();
    }

    @Override
    public CompletionStage<PinInfo> status(Cid cid) {
        return call(() -> checked(cid)).thenCompose(found -> found);
    }

    @Override
    public CompletionStage<PinInfo> recover(Cid cid) {
        return status(cid).thenCompose(info -> {
            TrackerStatus status = info.status().status();
            boolean failed = status == TrackerStatus.PIN_ERROR
                    || status == TrackerStatus.UNPIN_ERROR
                    || status == TrackerStatus.UNEXPECTEDLY_UNPINNED;
            if (!failed) {
                return CompletableFuture.completedFuture(info);
            }
            return engine.retry(cid).thenCompose(queued -> call(() -> info(tracked(cid))));
        });
    }

    @Override
    public Cursor<PinInfo> statusAll(StatusFilter filter) {
        PinState pins = pins();
        IpfsConnector node = ipfs;
        if (node != null) {
            if (!self.knowsNode()) {
                self.ask(node);
            }
            catchUp.refresh(pins, node);
        }
        boolean operationsOnly = filter.excludes(
                TrackerStatus.PINNED, TrackerStatus.UNEXPECTEDLY_UNPINNED, TrackerStatus.SHARDED, TrackerStatus.REMOTE);
        Cursor<Tracked> all = operationsOnly
                ? new OperationsCursor(rows.list(null), engine.operations().cids()).map(cid -> tracked(cid, pins))
                : new TrackedCursor(pins.list(null), rows.list(null)).filter(tracked -> tracked.pin() != null);
        return all.map(this::info).filter(info -> filter.matches(info.status().status()));
    }

    @Override
    public void reconcile() {
        IpfsConnector node = ipfs;
        if (node == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the pin tracker has no IpfsConnector");
        }
        catchUp.reconcileNow(pins(), node, RECOVER_WAIT);
    }

    @Override
    public Cursor<PinInfo> recoverAll() {
        PinState pins = pins();
        reconcile();
        Cursor<Tracked> failed = new TrackedCursor(pins.list(null), rows.list(null))
                .filter(tracked -> TrackRules.todo(tracked, self.id()) != TrackRules.Todo.NOTHING)
                .filter(tracked -> retried(tracked.cid()));
        return failed.map(tracked -> info(tracked(tracked.cid(), pins)));
    }

    private void statusChanged(Cid cid, TrackerStatus status, String error, int attempts) {
        for (StatusListener listener : listeners) {
            listener.statusChanged(cid, status, error, attempts);
        }
    }

    private boolean retried(Cid cid) {
        try {
            return engine.retry(cid)
                    .orTimeout(RETRY_WAIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (RuntimeException e) {
            throw ClusterException.of(e);
        }
    }

    private PinState pins() {
        PinState pins = state;
        if (pins == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the pin tracker has no PinState");
        }
        return pins;
    }

    private Tracked tracked(Cid cid) {
        return tracked(cid, pins());
    }

    private Tracked tracked(Cid cid, PinState pins) {
        return new Tracked(cid, pins.get(cid).orElse(null), rows.get(cid));
    }

    private PinInfo info(Tracked tracked) {
        Operation operation = engine.operations().get(tracked.cid());
        Tracked current = tracked;
        if (operation == null && TrackRules.todo(tracked, self.id()) != TrackRules.Todo.NOTHING) {
            // an operation may have ended since the rows were listed
            current = new Tracked(tracked.cid(), tracked.pin(), rows.get(tracked.cid()));
        }
        TrackRules.Status status = TrackRules.status(current, operation, self.id(), catchUp.isPending());
        return self.info(current, status, clock.instant());
    }

    /** The status of one CID is checked with the IPFS node, as in the reference. */
    private CompletionStage<PinInfo> checked(Cid cid) {
        Operation operation = engine.operations().get(cid);
        Tracked tracked = tracked(cid);
        TrackRules.Status known = TrackRules.status(tracked, operation, self.id(), false);
        Pin pin = tracked.pin();
        boolean settled =
                known.status() == TrackerStatus.PINNED || known.status() == TrackerStatus.UNEXPECTEDLY_UNPINNED;
        if (pin == null || operation != null || !settled) {
            return CompletableFuture.completedFuture(self.info(tracked, known, clock.instant()));
        }
        IpfsConnector node = ipfs;
        if (node == null) {
            return CompletableFuture.completedFuture(unknown(tracked, "this peer has no IpfsConnector"));
        }
        if (!self.knowsNode()) {
            self.ask(node);
        }
        return node.pinStatus(pin).handle((held, failure) -> {
            if (failure != null) {
                return unknown(
                        tracked, String.valueOf(ClusterException.of(failure).getMessage()));
            }
            return engine.operations().get(cid) == null ? answered(tracked, pin, held) : info(tracked);
        });
    }

    private PinInfo answered(Tracked tracked, Pin pin, IpfsPinStatus held) {
        long now = clock.millis();
        boolean there = held.isPinned(pin.maxDepth());
        TrackRow row = there ? TrackRow.pinned(now) : TrackRow.lost(now);
        TrackRow old = tracked.row();
        if (old == null || old.phase() != row.phase()) {
            engine.correct(List.of(new Reconciler.Correction(tracked.cid(), old, row)));
        }
        Tracked corrected = new Tracked(tracked.cid(), pin, row);
        return self.info(corrected, TrackRules.status(corrected, null, self.id(), false), clock.instant());
    }

    private PinInfo unknown(Tracked tracked, String error) {
        return self.info(
                tracked,
                new TrackRules.Status(TrackerStatus.CLUSTER_ERROR, clock.instant(), error, 0, false),
                clock.instant());
    }

    private <T> CompletableFuture<T> call(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, workers);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(new ClusterException(
                    ErrorCode.UNAVAILABLE, "the pin tracker is busy or ends: " + full.getMessage()));
        }
    }
}
