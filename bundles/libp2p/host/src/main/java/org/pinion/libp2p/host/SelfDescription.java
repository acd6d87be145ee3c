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
package org.pinion.libp2p.host;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.Identity;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Reachability;
import org.pinion.libp2p.host.autonat.AutoNatClient;
import org.pinion.libp2p.host.identify.IdentifyMessage;
import org.pinion.libp2p.host.identify.IdentifyService;
import org.pinion.libp2p.host.identify.ObservedAddresses;
import org.pinion.libp2p.host.identify.PeerRecord;
import org.pinion.libp2p.host.peerstore.MemoryPeerstore;
import org.pinion.libp2p.host.swarm.Swarm;

/** What identify and AutoNAT tell of a host, and where they put what they learn. Thread-safe. */
final class SelfDescription implements IdentifyService.Self, AutoNatClient.Self {
    /** How long addresses live that a peer told about itself, after its last connection. */
    static final Duration IDENTIFIED_TTL = Duration.ofHours(24);

    /**
     * The parts of the host.
     *
     * @param identity who signs
     * @param settings texts and key
     * @param clock for the sequence of records
     * @param protocols the protocols that are served
     * @param peerstore takes what peers tell
     * @param swarm the connections, and who hears of them
     * @param observed takes at which addresses we are seen
     * @param announced the addresses we tell
     * @param misbehaviour takes what peers do wrong
     */
    record Parts(
            Identity identity,
            HostSettings settings,
            Clock clock,
            Supplier<Set<String>> protocols,
            MemoryPeerstore peerstore,
            Swarm swarm,
            ObservedAddresses observed,
            Announced announced,
            Misbehaviour misbehaviour) {}

    private final Parts host;
    private final Runnable onChange;
    private final AtomicLong recordSeq = new AtomicLong();

    /** With somebody who tells others when our addresses change. */
    SelfDescription(Parts host, Runnable onChange) {
        this.host = host;
        this.onChange = onChange;
    }

    @Override
    public IdentifyMessage describe() {
        return new IdentifyMessage(
                host.identity().publicKey().marshal(),
                host.announced().addresses(),
                List.copyOf(new TreeSet<>(host.protocols().get())),
                null,
                host.settings().protocolVersion(),
                host.settings().agentVersion(),
                new byte[0]);
    }

    @Override
    public byte[] signRecord(List<Multiaddr> addresses) {
        Instant now = host.clock().instant();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        long seq = recordSeq.updateAndGet(last -> Math.max(last + 1, nanos));
        return new PeerRecord(host.identity().id(), seq, addresses).seal(host.identity());
    }

    @Override
    public Collection<Connection> connections() {
        return host.swarm().all();
    }

    @Override
    public Set<String> protocols(PeerId peer) {
        return host.peerstore().protocols(peer);
    }

    @Override
    public void learned(PeerInfo info) {
        host.peerstore().identified(info, IDENTIFIED_TTL);
        host.swarm().notify(listener -> listener.peerIdentified(info));
    }

    @Override
    public void recorded(PeerId peer, byte[] envelope) {
        host.peerstore().recorded(peer, envelope);
    }

    @Override
    public void observed(Connection connection, Multiaddr address) {
        if (host.observed().observed(connection, address)) {
            host.announced().changed();
            onChange.run();
        }
    }

    @Override
    public void misbehaved(PeerId peer, String how) {
        host.misbehaviour().report(peer, Misbehaviour.Fault.MESSAGE, how);
    }

    @Override
    public PeerId id() {
        return host.identity().id();
    }

    @Override
    public List<Multiaddr> addresses() {
        return host.announced().addresses();
    }

    @Override
    public void changed(Reachability reachability) {
        host.swarm().notify(listener -> listener.reachabilityChanged(reachability));
    }
}
