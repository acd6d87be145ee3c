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
package org.pinion.api.restapi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.flow.Cursor;

/** Statuses of pins, in their order, a bounded number asked for ahead. */
final class Statuses implements Cursor<GlobalPinInfo> {
    private static final int AHEAD = 32;
    private static final long WAIT_SECONDS = 120;

    private final Cursor<Pin> pins;
    private final Function<Cid, CompletableFuture<GlobalPinInfo>> ask;
    private final StatusFilter filter;
    private final Deque<CompletableFuture<GlobalPinInfo>> asked = new ArrayDeque<>();
    private boolean ended;

    Statuses(Cursor<Pin> pins, Function<Cid, CompletableFuture<GlobalPinInfo>> ask, StatusFilter filter) {
        this.pins = pins;
        this.ask = ask;
        this.filter = filter;
    }

    @Override
    public @Nullable GlobalPinInfo next() {
        while (true) {
            while (!ended && asked.size() < AHEAD) {
                Pin pin = pins.next();
                ended = pin == null;
                if (pin != null) {
                    asked.add(ask.apply(pin.cid()));
                }
            }
            CompletableFuture<GlobalPinInfo> first = asked.poll();
            if (first == null) {
                return null;
            }
            GlobalPinInfo info = filtered(await(first));
            if (info != null) {
                return info;
            }
        }
    }

    /** Only the peers whose status is asked for, as in lists of the reference; null = none. */
    private @Nullable GlobalPinInfo filtered(GlobalPinInfo info) {
        if (filter.bits() == 0) {
            return info;
        }
        SortedMap<PeerId, PeerPinStatus> peers = new TreeMap<>(info.peers());
        peers.values().removeIf(status -> !filter.matches(status.status()));
        return peers.isEmpty()
                ? null
                : new GlobalPinInfo(
                        info.cid(),
                        info.name(),
                        info.allocations(),
                        info.origins(),
                        info.created(),
                        info.metadata(),
                        peers);
    }

    private static GlobalPinInfo await(CompletableFuture<GlobalPinInfo> status) {
        try {
            return status.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (TimeoutException e) {
            throw new ClusterException(ErrorCode.TIMEOUT, "no status of a pin within " + WAIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while asking for statuses", e);
        }
    }

    @Override
    public void close() {
        pins.close();
    }
}
