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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.IpfsId;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.ipfsconnector.IpfsConnector;

/**
 * Waits for consensus, then for the IPFS node, then for whatever else a peer needs, and tells once that the peer is ready.
 * Fields belong to the lane.
 */
final class Readiness {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int MAX_QUEUED = 1024;

    private final ClusterParts parts;
    private final Lane lane;
    private final Runnable whenReady;
    private @Nullable Consensus asked;
    private boolean consensusReady;
    private boolean ipfsReady;
    private boolean askingIpfs;
    private boolean toldWaiting;
    private volatile boolean ready;
    private volatile String waitsFor = "consensus is not ready yet";

    /**
     * Nothing was asked yet.
     *
     * @param whenReady called once, in this object's lane
     */
    Readiness(ClusterParts parts, Runnable whenReady) {
        this.parts = parts;
        this.whenReady = whenReady;
        lane = parts.executors().lane("cluster.ready", MAX_QUEUED);
    }

    /** Whether the peer was ready once. */
    boolean wasReady() {
        return ready;
    }

    /** What is missing now. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        parts.missing().forEach(name -> missing.add(name + " is not available"));
        String waiting = waitsFor;
        if (!ready && !waiting.isEmpty()) {
            missing.add(waiting);
        }
        return missing;
    }

    /** Some part came or went. */
    void partsChanged() {
        if (!ready) {
            lane.execute(this::look);
        }
    }

    private void look() {
        if (ipfsReady) {
            finish();
        } else if (consensusReady) {
            askIpfs();
        } else {
            askConsensus();
        }
    }

    /** Both answered: as soon as nothing else is missing the peer is ready. */
    private void finish() {
        if (!ready && parts.missing().isEmpty()) {
            ready = true;
            ClusterEvents.ready();
            whenReady.run();
        }
    }

    private void askConsensus() {
        Consensus consensus = parts.consensus.now();
        if (consensus == null || consensus.equals(asked)) {
            return;
        }
        asked = consensus;
        consensus
                .ready()
                .whenComplete((nothing, failure) -> lane.execute(() -> {
                    if (!consensus.equals(parts.consensus.now())) {
                        asked = null;
                        look();
                    } else if (failure != null) {
                        ClusterEvents.consensusFailed(
                                String.valueOf(ClusterException.of(failure).getMessage()));
                    } else {
                        consensusReady = true;
                        waitsFor = "the IPFS node has not answered yet";
                        ClusterEvents.members(parts.self(), consensus.peers());
                        askIpfs();
                    }
                }));
    }

    private void askIpfs() {
        IpfsConnector ipfs = parts.ipfs.now();
        if (ready || askingIpfs || ipfs == null) {
            return;
        }
        askingIpfs = true;
        ipfs.id().whenComplete((id, failure) -> lane.execute(() -> answered(id, failure)));
    }

    private void answered(@Nullable IpfsId id, @Nullable Throwable failure) {
        PeerId node = id == null ? null : id.id();
        if (failure == null && node != null) {
            ClusterEvents.ipfsReady(node);
            ipfsReady = true;
            waitsFor = "";
            finish();
            return;
        }
        if (!toldWaiting) {
            toldWaiting = true;
            ClusterEvents.waitingForIpfs();
        }
        lane.schedule(RETRY, () -> {
            askingIpfs = false;
            askIpfs();
        });
    }

    void close() {
        lane.close();
    }
}
