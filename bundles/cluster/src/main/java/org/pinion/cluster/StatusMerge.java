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
package org.pinion.cluster;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.PinInfo;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of many peers, each sorted by CID, as one stream of global ones. Keeps one row per peer. A peer that fails
 * becomes an error in every CID that others have from then on; one that refuses us is left out.
 */
final class StatusMerge implements Cursor<GlobalPinInfo> {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");

    private final List<Source> sources;
    private final Known known;
    private final InstantSource clock;
    private final Map<PeerId, String> failed = new LinkedHashMap<>();

    /** One peer's rows. */
    private static final class Source {
        private final PeerId peer;
        private final CompletableFuture<Cursor<PinInfo>> opening;
        private @Nullable PinInfo head;
        private @Nullable Cid last;
        private boolean ended;

        Source(PeerId peer, CompletableFuture<Cursor<PinInfo>> opening) {
            this.peer = peer;
            this.opening = opening;
        }
    }

    /** Takes over the streams, which may still be opening. */
    StatusMerge(Map<PeerId, CompletableFuture<Cursor<PinInfo>>> streams, Known known, InstantSource clock) {
        sources = streams.entrySet().stream()
                .map(entry -> new Source(entry.getKey(), entry.getValue()))
                .toList();
        this.known = known;
        this.clock = clock;
    }

    @Override
    public @Nullable GlobalPinInfo next() {
        Cid lowest = null;
        for (Source source : sources) {
            PinInfo head = head(source);
            if (head != null && (lowest == null || head.cid().compareTo(lowest) < 0)) {
                lowest = head.cid();
            }
        }
        return lowest == null ? null : combine(lowest);
    }

    private GlobalPinInfo combine(Cid cid) {
        TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        PinInfo shown = null;
        for (Source source : sources) {
            PinInfo head = source.head;
            if (head == null || !head.cid().equals(cid)) {
                continue;
            }
            peers.put(source.peer, head.status());
            boolean error = head.status().status() == TrackerStatus.CLUSTER_ERROR;
            if (shown == null || !error) {
                shown = head;
            }
            source.last = cid;
            source.head = null;
        }
        Instant now = clock.instant();
        failed.forEach(
                (peer, error) -> peers.putIfAbsent(peer, known.status(peer, TrackerStatus.CLUSTER_ERROR, now, error)));
        PinInfo top = java.util.Objects.requireNonNull(shown, "a lowest CID comes from some source");
        return new GlobalPinInfo(
                cid, top.name(), top.allocations(), top.origins(), top.created(), top.metadata(), peers);
    }

    private @Nullable PinInfo head(Source source) {
        if (source.head == null && !source.ended) {
            try {
                PinInfo row = await(source.opening).next();
                Cid last = source.last;
                if (row != null && last != null && row.cid().compareTo(last) <= 0) {
                    throw new ClusterException(
                            ErrorCode.INTERNAL, source.peer + " gives its rows out of order: " + row.cid());
                }
                source.head = row;
                source.ended = row == null;
            } catch (ClusterException e) {
                source.ended = true;
                fail(source.peer, e);
            }
        }
        return source.head;
    }

    private void fail(PeerId peer, ClusterException failure) {
        if (failure instanceof RpcException refused && refused.kind() == RpcException.Kind.AUTHORIZATION) {
            LOG.debug("{} does not let us ask it: {}", peer, failure.getMessage());
            return;
        }
        LOG.warn("status of {} is not known: {}", peer, failure.getMessage());
        failed.put(peer, String.valueOf(failure.getMessage()));
    }

    private static Cursor<PinInfo> await(CompletableFuture<Cursor<PinInfo>> opening) {
        try {
            return opening.join();
        } catch (RuntimeException e) {
            throw ClusterException.of(e);
        }
    }

    @Override
    public void close() {
        for (Source source : sources) {
            source.opening.whenComplete((rows, failure) -> {
                if (rows != null) {
                    rows.close();
                }
            });
        }
    }
}
