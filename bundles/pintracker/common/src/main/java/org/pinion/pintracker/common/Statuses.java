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

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.state.PinState;

/**
 * What this peer answers when it is asked for CIDs: pin set, rows and operations put together, and compared with the
 * IPFS node where that is wanted. Any thread; reads the datastore.
 */
final class Statuses {
    private final InstantSource clock;
    private final Engine engine;
    private final CatchUp catchUp;
    private final TrackRows rows;
    private final Self self;
    private final Supplier<PinState> pins;
    private final Supplier<@Nullable IpfsConnector> ipfs;

    /**
     * What answers are made of.
     *
     * @param clock the time
     * @param engine has the operations, and corrects rows
     * @param catchUp knows whether more will be queued
     * @param rows the tracker's rows
     * @param self this peer
     * @param pins the pin set; fails with {@code UNAVAILABLE} while it is away
     * @param ipfs the IPFS node, or null while it is away
     */
    record Parts(
            InstantSource clock,
            Engine engine,
            CatchUp catchUp,
            TrackRows rows,
            Self self,
            Supplier<PinState> pins,
            Supplier<@Nullable IpfsConnector> ipfs) {}

    Statuses(Parts parts) {
        clock = parts.clock;
        engine = parts.engine;
        catchUp = parts.catchUp;
        rows = parts.rows;
        self = parts.self;
        pins = parts.pins;
        ipfs = parts.ipfs;
    }

    /** The status of one CID, from what is remembered. */
    PinInfo known(Cid cid) {
        return info(tracked(cid, pins.get()));
    }

    /** The statuses that pass. */
    Cursor<PinInfo> all(StatusFilter filter) {
        PinState set = pins.get();
        IpfsConnector node = ipfs.get();
        if (node != null && !self.knowsNode()) {
            self.ask(node);
        }
        boolean operationsOnly = filter.excludes(
                TrackerStatus.PINNED, TrackerStatus.UNEXPECTEDLY_UNPINNED, TrackerStatus.SHARDED, TrackerStatus.REMOTE);
        Cursor<Tracked> all = operationsOnly
                ? new OperationsCursor(rows.list(null), engine.operations().cids()).map(cid -> tracked(cid, set))
                : new TrackedCursor(set.list(null), rows.list(null)).filter(tracked -> tracked.pin() != null);
        return all.map(this::info).filter(info -> filter.matches(info.status().status()));
    }

    /** The CIDs for which something remains to be done. */
    Cursor<Cid> open() {
        return new TrackedCursor(pins.get().list(null), rows.list(null))
                .filter(tracked -> TrackRules.todo(tracked, self.id()) != TrackRules.Todo.NOTHING)
                .map(Tracked::cid);
    }

    private Tracked tracked(Cid cid, PinState set) {
        return new Tracked(cid, set.get(cid).orElse(null), rows.get(cid));
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

    /** The status of one CID, after its row was compared with the IPFS node and put right. */
    CompletionStage<PinInfo> check(Cid cid, boolean errorsToo) {
        Operation operation = engine.operations().get(cid);
        Tracked tracked = tracked(cid, pins.get());
        TrackRules.Status known = TrackRules.status(tracked, operation, self.id(), false);
        Pin pin = tracked.pin();
        boolean settled = known.status() == TrackerStatus.PINNED
                || known.status() == TrackerStatus.UNEXPECTEDLY_UNPINNED
                || errorsToo && known.status() == TrackerStatus.PIN_ERROR;
        if (pin == null || operation != null || !settled) {
            return CompletableFuture.completedFuture(self.info(tracked, known, clock.instant()));
        }
        IpfsConnector node = ipfs.get();
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
        Reconciler.Correction correction = catchUp.corrected(tracked, held);
        if (correction == null) {
            TrackRules.Status status = TrackRules.status(tracked, null, self.id(), false);
            return self.info(tracked, status, clock.instant());
        }
        engine.correct(List.of(correction));
        Tracked corrected = new Tracked(tracked.cid(), pin, correction.row());
        return self.info(corrected, TrackRules.status(corrected, null, self.id(), false), clock.instant());
    }

    private PinInfo unknown(Tracked tracked, String error) {
        return self.info(
                tracked,
                new TrackRules.Status(TrackerStatus.CLUSTER_ERROR, clock.instant(), error, 0, false),
                clock.instant());
    }
}
