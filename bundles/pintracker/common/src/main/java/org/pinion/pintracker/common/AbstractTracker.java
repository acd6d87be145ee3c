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
package org.pinion.pintracker.common;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.pinion.spi.pintracker.PinCount;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.pintracker.StatusListener;
import org.pinion.spi.state.PinState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tracker but for where it keeps its rows and when it asks the IPFS node. Its service is there at once; queue and
 * rows are made from the datastore, the pin set and the node's pins in the background, as soon as these are there, and
 * again when one of them was replaced. Changes of the pin set that nobody told it of are found then.
 */
public abstract class AbstractTracker implements PinTracker, PinsetListener, PinCount, PinReconciler {
    /** Threads that read for callers or compare with the IPFS node. */
    private static final int WORKERS = 4;

    private static final int MAX_CALLS = 1024;
    /** What callers hear when a task has no room or no time left. */
    static final String BUSY = "the pin tracker is busy or ends";

    private static final Duration RETRY_WAIT = Duration.ofMinutes(1);
    private static final Duration RECOVER_WAIT = Duration.ofMinutes(5);
    /** By then whoever tells of changes of the pin set knows this tracker. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private final Logger log;
    private final TrackRows rows;
    private final Self self;
    private final Workers workers;
    private final Engine engine;
    private final CatchUp catchUp;
    private final Statuses statuses;
    private final List<StatusListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClusterConfig config;
    private volatile @Nullable IpfsConnector ipfs;
    private volatile @Nullable PinState state;
    private volatile @Nullable Datastore store;

    /**
     * What a tracker is made of.
     *
     * @param name in threads and logs, for example {@code pintracker.map}
     * @param rows where it remembers
     * @param settings its section
     * @param missing what becomes of a pinned row when the node does not hold the pin any more; gets the time in ms
     */
    public record Parts(String name, TrackRows rows, TrackerSettings settings, LostRow missing) {}

    /** Makes the row of a pin that the node held and does not hold any more. */
    @FunctionalInterface
    public interface LostRow {
        /** The row; {@code nowMillis} is milliseconds since 1970. */
        TrackRow at(long nowMillis);
    }

    /** Takes its parts; nothing that it works on is there yet. */
    protected AbstractTracker(Parts parts, Executors executors, Secrets secrets) {
        log = LoggerFactory.getLogger("org.pinion." + parts.name);
        InstantSource clock = executors.clock();
        rows = parts.rows;
        self = new Self(secrets.peerId(), this::peername);
        workers = executors.workers(parts.name, WORKERS, MAX_CALLS);
        engine = new Engine(
                executors,
                parts.settings,
                new Engine.Parts(
                        parts.name, rows, self.id(), () -> state, () -> ipfs, this::missedChanges, this::tell));
        catchUp = new CatchUp(new CatchUp.Parts(
                parts.name, clock, workers, engine, rows, self, parts.missing::at, this::missedChanges));
        statuses = new Statuses(new Statuses.Parts(clock, engine, catchUp, rows, self, this::pins, () -> ipfs));
        engine.later(SETTLED, this::untoldChanges);
    }

    /** Takes changed settings without a restart. */
    protected final void settings(TrackerSettings changed) {
        engine.settings(changed);
    }

    /** Stops what runs; it is taken up again from the pin set and the rows. */
    public final void stop() {
        engine.ending();
        workers.close();
        engine.close();
    }

    /** For this peer's name; absent while the section is replaced. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetConfig")
    public final void setConfig(ClusterConfig came) {
        config = came;
    }

    /** The section goes, unless another one took its place already. */
    public final void unsetConfig(ClusterConfig gone) {
        if (gone.equals(config)) {
            config = null;
        }
    }

    /** Somebody wants to hear of changed statuses. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE,
            unbind = "removeListener")
    public final void addListener(StatusListener came) {
        listeners.add(came);
    }

    /** A listener goes. */
    public final void removeListener(StatusListener gone) {
        listeners.remove(gone);
    }

    /** The IPFS node came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetIpfs")
    public final void setIpfs(IpfsConnector came) {
        ipfs = came;
        self.ask(came);
        began();
    }

    /** The IPFS node goes, unless another one took its place already. */
    public final void unsetIpfs(IpfsConnector gone) {
        if (gone.equals(ipfs)) {
            ipfs = null;
        }
    }

    /** The pin set came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetState")
    public final void setState(PinState came) {
        state = came;
        began();
    }

    /** The pin set goes, unless another one took its place already. */
    public final void unsetState(PinState gone) {
        if (gone.equals(state)) {
            state = null;
        }
    }

    /** The datastore came: what a predecessor remembered is read. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetDatastore")
    public final void setDatastore(Datastore came) {
        store = came;
        rows.use(came);
        engine.inLane(() -> load(came, null));
        began();
    }

    /** The datastore goes, unless another one took its place already. */
    public final void unsetDatastore(Datastore gone) {
        if (gone.equals(store)) {
            store = null;
        }
        rows.drop(gone);
    }

    /** In parts, so that changes of the pin set have their turn. */
    private void load(Datastore from, @Nullable Cid after) {
        if (!from.equals(store)) {
            return;
        }
        try {
            Cid last = rows.load(after);
            if (last != null) {
                engine.inLane(() -> load(from, last));
            }
        } catch (ClusterException e) {
            log.warn("reading what was remembered stops, the datastore answers in its place: {}", e.getMessage());
        }
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

    private void untoldChanges() {
        PinState pins = state;
        IpfsConnector node = ipfs;
        if (pins != null && node != null && rows.isThere()) {
            catchUp.look(pins, node);
        }
    }

    private String peername() {
        ClusterConfig current = config;
        return current == null ? "" : current.settings().peername();
    }

    @Override
    public final void track(Pin pin) {
        engine.track(pin);
    }

    @Override
    public final void untrack(Pin pin) {
        engine.untrack(pin);
    }

    @Override
    public final void pinned(Pin pin) {
        engine.track(pin);
    }

    @Override
    public final void unpinned(Pin pin) {
        engine.untrack(pin);
    }

    @Override
    public final long pinned() {
        return rows.pinned();
    }

    @Override
    public final long pinQueueSize() {
        return engine.operations().queuedPins();
    }

    /** The status of one CID, from what is remembered. */
    protected final CompletionStage<PinInfo> known(Cid cid) {
        return workers.call(BUSY, () -> statuses.known(cid));
    }

    /** The status of one CID, compared with the IPFS node first; {@code cluster_error} when that fails. */
    protected final CompletionStage<PinInfo> checked(Cid cid) {
        return workers.call(BUSY, () -> statuses.check(cid, false)).thenCompose(found -> found);
    }

    @Override
    public final CompletionStage<PinInfo> recover(Cid cid) {
        return checked(cid).thenCompose(info -> {
            TrackerStatus status = info.status().status();
            boolean failed = status == TrackerStatus.PIN_ERROR
                    || status == TrackerStatus.UNPIN_ERROR
                    || status == TrackerStatus.UNEXPECTEDLY_UNPINNED;
            if (!failed) {
                return CompletableFuture.completedFuture(info);
            }
            return engine.retry(cid).thenCompose(queued -> known(cid));
        });
    }

    /** What is remembered is compared with the node before a status of all pins, if that is cheap or long ago. */
    protected final void refresh() {
        PinState pins = pins();
        IpfsConnector node = ipfs;
        if (node != null) {
            catchUp.refresh(pins, node);
        }
    }

    @Override
    public Cursor<PinInfo> statusAll(StatusFilter filter) {
        return statuses.all(filter);
    }

    @Override
    public final void reconcile() {
        catchUp.reconcileNow(pins(), node(), RECOVER_WAIT);
    }

    @Override
    public final CompletionStage<PinInfo> reconcile(Cid cid) {
        return workers.call(BUSY, () -> statuses.check(cid, true)).thenCompose(found -> found);
    }

    @Override
    public final Cursor<PinInfo> recoverAll() {
        reconcile();
        return statuses.open().filter(this::retried).map(statuses::known);
    }

    private void tell(Cid cid, TrackerStatus status, String error, int attempts) {
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

    private IpfsConnector node() {
        IpfsConnector node = ipfs;
        if (node == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the pin tracker has no IpfsConnector");
        }
        return node;
    }
}
