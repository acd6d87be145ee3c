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
package org.pinion.ipfsconnector.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.Registration;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stays connected to some nodes: dials them again, less and less often while they are away. */
final class Peering implements AutoCloseable {
    static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.embedded");

    private final Network network;
    private final Lane lane;
    /** In the lane. */
    private final Map<PeerId, Peer> peers = new LinkedHashMap<>();

    private final Registration registration;

    private static final class Peer {
        final List<Multiaddr> addresses = new ArrayList<>();
        Duration wait = FIRST_WAIT;
        boolean busy;
    }

    Peering(Network network, Lane lane) {
        this.network = network;
        this.lane = lane;
        registration = network.listen(new HostListener() {
            @Override
            public void peerDisconnected(PeerId peer) {
                run(() -> retry(peer));
            }
        });
    }

    /** Keeps connections to these nodes from now on; the addresses carry {@code /p2p}. */
    void keep(List<Multiaddr> addresses) {
        run(() -> {
            for (Multiaddr address : addresses) {
                address.peerId()
                        .ifPresent(id -> peers.computeIfAbsent(id, key -> new Peer())
                                .addresses
                                .add(address.withoutPeerId()));
            }
            peers.keySet().forEach(this::dial);
        });
    }

    private void dial(PeerId id) {
        Peer peer = peers.get(id);
        if (peer == null || peer.busy) {
            return;
        }
        if (network.isConnected(id)) {
            peer.wait = FIRST_WAIT;
            return;
        }
        peer.busy = true;
        network.reach(id, peer.addresses)
                .whenComplete((done, failure) -> run(() -> {
                    peer.busy = false;
                    if (failure == null) {
                        peer.wait = FIRST_WAIT;
                    } else {
                        LOG.debug("peering: {} not reached: {}", id, failure.getMessage());
                        retry(id);
                    }
                }));
    }

    private void retry(PeerId id) {
        Peer peer = peers.get(id);
        if (peer == null || peer.busy) {
            return;
        }
        peer.busy = true;
        lane.schedule(peer.wait, () -> {
            peer.busy = false;
            dial(id);
        });
        Duration next = peer.wait.multipliedBy(2);
        peer.wait = next.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : next;
    }

    private void run(Runnable task) {
        try {
            lane.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("peering is closing");
        }
    }

    @Override
    public void close() {
        registration.close();
        lane.close();
    }
}
