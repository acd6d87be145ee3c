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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.cluster.Fakes.SELF;
import static org.pinion.cluster.Fakes.cid;
import static org.pinion.cluster.Fakes.peer;
import static org.pinion.cluster.Fakes.pin;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.allocator.Allocator;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.ipfsconnector.IpfsSwarm;

/** Readiness, periodic work, alerts, and getting to know other peers. */
class LivingPeerTest {
    private final Fakes fakes = new Fakes();
    private final FakeHost host = new FakeHost();
    private final FakeIpfs ipfs = new FakeIpfs();
    private final PinsetService pinset = new PinsetService(fakes.parts);
    private final Upkeep upkeep = new Upkeep(fakes.parts, pinset);
    private final List<String> shutdowns = new ArrayList<>();
    private final Loops loops = new Loops(fakes.parts, upkeep, () -> shutdowns.add("now"));
    private final Repinner repinner = new Repinner(fakes.parts, pinset);
    private final Known known = new Known(fakes.parts);
    private final PeersService peers =
            new PeersService(fakes.parts, known, loops, repinner, fakes.executors.workers("test", 1, 1));

    @Test
    void peerIsReadyWhenConsensusIsAndTheIpfsNodeAnswered() {
        List<String> told = new ArrayList<>();
        Readiness readiness = new Readiness(fakes.parts, () -> told.add("ready"));
        HealthService health =
                new HealthService(fakes.parts, readiness, repinner, known, fakes.executors.workers("test", 1, 1));
        fakes.parts.setHost(host);
        readiness.partsChanged();
        assertThat(health.missing()).containsExactly("IpfsConnector is not available", "consensus is not ready yet");

        ipfs.down = true;
        fakes.parts.setIpfs(ipfs);
        fakes.consensus.ready.complete(null);
        readiness.partsChanged();
        assertThat(health.missing()).containsExactly("the IPFS node has not answered yet");
        assertThat(told).isEmpty();

        ipfs.down = false;
        fakes.executors.advance(Duration.ofSeconds(1));
        assertThat(health.isReady()).isTrue();
        assertThat(told).containsExactly("ready");

        fakes.parts.unsetTracker(fakes.tracker);
        assertThat(health.missing()).containsExactly("PinTracker is not available");
    }

    @Test
    void readyPeerPingsAtOnceAndEveryInterval() {
        fakes.parts.setIpfs(ipfs);
        loops.start();
        Metric ping = fakes.monitor.published.get(0);
        assertThat(ping.name()).isEqualTo("ping");
        assertThat(ping.value())
                .isEqualTo("{\"peer_name\":\"peer-one\",\"ipfs_id\":\"" + peer(9)
                        + "\",\"ipfs_addresses\":[\"/ip4/10.0.0.9/tcp/4001\"]}");
        assertThat(ping.expireUnixNanos()).isEqualTo(Metric.unixNanos(now().plusSeconds(30)));

        ipfs.down = true;
        fakes.executors.advance(Duration.ofSeconds(45));
        assertThat(fakes.monitor.published).hasSize(4);
        assertThat(fakes.monitor.published.get(3).value()).isEqualTo(ping.value());
        assertThat(shutdowns).isEmpty();
    }

    @Test
    void peerIsNotReadyWithoutAnAllocator() {
        List<String> told = new ArrayList<>();
        Readiness readiness = new Readiness(fakes.parts, () -> told.add("ready"));
        Allocator allocator = fakes.parts.allocator.get();
        fakes.parts.unsetAllocator(allocator);
        fakes.parts.setHost(host);
        fakes.parts.setIpfs(ipfs);
        fakes.consensus.ready.complete(null);
        readiness.partsChanged();
        assertThat(readiness.missing()).containsExactly("Allocator is not available");
        assertThat(told).isEmpty();

        fakes.parts.setAllocator(allocator);
        readiness.partsChanged();
        assertThat(readiness.missing()).isEmpty();
        assertThat(told).containsExactly("ready");
    }

    @Test
    void lostDatastoreIsMissingAndOneThatNeverWasIsNot() {
        Datastore datastore = (Datastore) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Datastore.class},
                (self, method, arguments) -> method.getName().equals("equals") ? self == arguments[0] : null);
        assertThat(fakes.parts.missing()).doesNotContain("Datastore");
        fakes.parts.setDatastore(datastore);
        fakes.parts.unsetDatastore(datastore);
        assertThat(fakes.parts.missing()).contains("Datastore");
    }

    @Test
    void everythingIsToldAtOnceToAMonitorThatTakesThePlaceOfAnother() {
        fakes.parts.setIpfs(ipfs);
        fakes.parts.setInformer(new FakeInformer());
        loops.start();
        fakes.parts.unsetMonitor(fakes.monitor);
        loops.partsChanged();
        assertThat(published("freespace")).isEqualTo(1);
        fakes.parts.setMonitor(fakes.monitor);
        loops.partsChanged();
        assertThat(published("ping")).isEqualTo(2);
        assertThat(published("freespace")).isEqualTo(2);
    }

    @Test
    void informersAreMeasuredEveryHalfTtlAndSoonerAfterAFailure() {
        fakes.parts.setIpfs(ipfs);
        FakeInformer informer = new FakeInformer();
        fakes.parts.setInformer(informer);
        loops.start();
        assertThat(published("freespace")).isEqualTo(1);
        fakes.executors.advance(Duration.ofSeconds(15));
        assertThat(published("freespace")).isEqualTo(2);

        fakes.monitor.fails = true;
        fakes.executors.advance(Duration.ofSeconds(15));
        fakes.monitor.fails = false;
        fakes.executors.advance(Duration.ofMillis(7_500));
        assertThat(published("freespace")).isEqualTo(3);

        informer.valid = false;
        fakes.executors.advance(Duration.ofSeconds(60));
        assertThat(published("freespace")).isEqualTo(3);
    }

    @Test
    void informersMeasureAtOnceWhenTheyAreAskedTo() {
        FakeInformer informer = new FakeInformer();
        fakes.parts.setInformer(informer);
        loops.measureSoon();
        assertThat(published("freespace")).isZero();
        loops.start();
        loops.measureSoon();
        assertThat(published("freespace")).isEqualTo(2);
        fakes.executors.advance(Duration.ofSeconds(15));
        assertThat(published("freespace")).isEqualTo(3);

        CompletableFuture<Void> slow = new CompletableFuture<>();
        informer.waits = slow;
        loops.measureSoon();
        loops.measureSoon();
        loops.measureSoon();
        slow.complete(null);
        assertThat(published("freespace")).isEqualTo(5);
    }

    @Test
    void nodesOfAllMembersAreConnectedSomeTimeAfterThePeerIsReadyAndAfterAJoin() {
        FakeSwarm swarm = new FakeSwarm();
        fakes.parts.setHost(host);
        fakes.parts.setSwarm(swarm);
        fakes.parts.setIpfs(ipfs);
        fakes.consensus.peers.addAll(List.of(peer(2), peer(3)));
        fakes.rpc.answers.put(peer(2), method -> identity(peer(2)));
        fakes.rpc.answers.put(peer(3), method -> PeerInfo.failed(peer(3), "away"));
        Swarms swarms = new Swarms(fakes.parts, peers, fakes.executors.workers("test", 1, 1));
        loops.whenJoined(swarms::joined);

        swarms.start();
        fakes.executors.advance(Duration.ofSeconds(29));
        assertThat(swarm.connected).isEmpty();
        fakes.executors.advance(Duration.ofSeconds(1));
        assertThat(swarm.connected)
                .containsExactly(
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/4001/p2p/" + peer(9)),
                        Multiaddr.parse("/ip4/10.0.0.9/tcp/4001/p2p/" + peer(9)),
                        Multiaddr.parse("/ip4/10.0.0.9/tcp/4001/p2p/" + peer(9)));

        loops.joined(peer(2));
        loops.joined(peer(2));
        fakes.executors.advance(Duration.ofSeconds(15));
        assertThat(swarm.connected).hasSize(6);

        swarm.delay = Duration.ZERO;
        swarms.start();
        fakes.executors.advance(Duration.ofHours(1));
        assertThat(swarm.connected).hasSize(6);
    }

    @Test
    void informersComeAndGoWhileThePeerRuns() {
        fakes.parts.listen(loops::partsChanged);
        loops.start();
        FakeInformer informer = new FakeInformer();
        fakes.parts.setInformer(informer);
        assertThat(published("freespace")).isEqualTo(1);
        fakes.parts.unsetInformer(informer);
        fakes.executors.advance(Duration.ofMinutes(5));
        assertThat(published("freespace")).isEqualTo(1);
    }

    @Test
    void joinByNameTriesThePeersBehindItOneAfterAnother() {
        fakes.parts.setHost(host);
        host.names.put(
                "/dnsaddr/example.com",
                List.of(
                        Multiaddr.parse("/ip4/10.0.0.1/tcp/1/p2p/" + Fakes.SELF),
                        Multiaddr.parse("/ip4/10.0.0.7/tcp/1/p2p/" + peer(7)),
                        Multiaddr.parse("/ip4/10.0.0.8/tcp/1/p2p/" + peer(8))));
        host.reachable.add(peer(8));
        fakes.rpc.answers.put(peer(8), method -> PeerInfo.failed(peer(8), ""));
        assertThat(peers.join(Multiaddr.parse("/dnsaddr/example.com"))).isCompleted();
        assertThat(host.dialled).containsExactly(peer(7), peer(8));
        assertThat(fakes.rpc.calls).singleElement().asString().contains("PeerAdd");
    }

    @Test
    void joinNeedsAPeerIdOrAName() {
        fakes.parts.setHost(host);
        assertThat(peers.join(Multiaddr.parse("/dns4/example.com/tcp/9096")))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("must end in /p2p/<peer id>");
        assertThat(peers.join(Multiaddr.parse("/dnsaddr/nowhere.example")))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("cannot look up /dnsaddr/nowhere.example");
    }

    @Test
    void peersWithAnotherSecretAreListedWithThatAsTheirError() {
        fakes.parts.setHost(new RoutedHost(host, () -> Map.of(peer(5), "secret differs")));
        assertThat(Fakes.drain(peers.list()))
                .filteredOn(info -> info.id().equals(peer(5)))
                .singleElement()
                .satisfies(info -> assertThat(info.error()).isEqualTo("secret differs"));
    }

    @Test
    void failedPinsAreRecoveredAtOnceAndEveryInterval() {
        loops.start();
        assertThat(fakes.tracker.recoveries).isEqualTo(1);
        fakes.executors.advance(Duration.ofMinutes(12));
        assertThat(fakes.tracker.recoveries).isEqualTo(2);
    }

    @Test
    void expiredPinsAreUnpinned() {
        PinOptions ends = PinOptions.builder()
                .replication(-1, -1)
                .expireAt(now().plusSeconds(60))
                .build();
        Fakes.now(pinset.pin(Pin.of(cid(1), ends)));
        Fakes.now(pinset.pin(pin(2, 0, 0)));
        loops.start();
        fakes.executors.advance(Duration.ofMinutes(5));
        assertThat(fakes.consensus.unpinned).containsExactly(cid(1));
        assertThat(fakes.state.pins).containsOnlyKeys(cid(2));
    }

    @Test
    void followerUnpinsNothing() {
        PinOptions ends = PinOptions.builder().expireAt(now().plusSeconds(60)).build();
        fakes.state.pins.put(cid(1), Pin.of(cid(1), ends));
        fakes.settings(Fakes.settings(true, true));
        fakes.executors.advance(Duration.ofMinutes(2));
        upkeep.syncState();
        assertThat(fakes.state.pins).hasSize(1);
    }

    @Test
    void peerThatWasRemovedEnds() {
        loops.start();
        fakes.consensus.peers.clear();
        fakes.consensus.peers.add(peer(2));
        fakes.executors.advance(Duration.ofSeconds(5));
        assertThat(shutdowns).containsExactly("now");
    }

    @Test
    void pinsOfADeadPeerAreAllocatedAnew() {
        fakes.settings(Fakes.settings(false, false));
        fakes.monitor.give("freespace", SELF, 1);
        fakes.state.pins.put(cid(1), pin(1, 1, 1).withAllocations(List.of(peer(3))));
        fakes.state.pins.put(cid(2), pin(2, 1, 1).withAllocations(List.of(SELF)));
        fakes.state.pins.put(cid(3), pin(3, -1, -1));

        repinner.alert(alert("freespace", 3));
        assertThat(fakes.state.pins.get(cid(1)).allocations()).containsExactly(peer(3));
        repinner.alert(alert("ping", 3));

        assertThat(fakes.state.pins.get(cid(1)).allocations()).containsExactly(SELF);
        assertThat(repinner.history())
                .extracting(alert -> alert.metric().name())
                .containsExactly("ping", "freespace");
    }

    @Test
    void alertsKeepFlowingWhereRepinningIsOff() {
        fakes.state.pins.put(cid(1), pin(1, 1, 1).withAllocations(List.of(peer(3))));
        for (int i = 0; i < Repinner.MAX_HISTORY + 5; i++) {
            repinner.alert(alert("ping", 3));
        }
        assertThat(repinner.history()).hasSize(Repinner.MAX_HISTORY);
        assertThat(fakes.state.pins.get(cid(1)).allocations()).containsExactly(peer(3));
        fakes.settings(Fakes.settings(true, false));
        repinner.alert(alert("freespace", 4));
        assertThat(repinner.history().get(0).metric().name()).isEqualTo("ping");
    }

    @Test
    void identityNamesThisPeerAndItsNode() {
        fakes.parts.setHost(host);
        fakes.consensus.peers.add(peer(2));
        host.addAddresses(peer(2), List.of(Multiaddr.parse("/ip4/10.0.0.2/tcp/1")), Duration.ofHours(1));
        PeerInfo id = Fakes.now(peers.id());
        assertThat(id.ipfs().error()).isEqualTo("no IPFS connector is there");

        fakes.parts.setIpfs(ipfs);
        id = Fakes.now(peers.id());

        assertThat(id.id()).isEqualTo(SELF);
        assertThat(id.addresses()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9096/p2p/" + SELF));
        assertThat(id.clusterPeers()).containsExactly(SELF, peer(2));
        assertThat(id.clusterPeerAddresses()).containsExactly(Multiaddr.parse("/ip4/10.0.0.2/tcp/1/p2p/" + peer(2)));
        assertThat(id.version()).isEqualTo(Versions.FULL);
        assertThat(id.peername()).isEqualTo("peer-one");
        assertThat(id.ipfs().id()).isEqualTo(peer(9));
    }

    @Test
    void membersThatFailAreListedWithTheirError() {
        fakes.parts.setHost(host);
        fakes.consensus.peers.addAll(List.of(peer(2), peer(3)));
        fakes.rpc.answers.put(peer(2), method -> identity(peer(2)));
        fakes.rpc.answers.put(peer(3), method -> {
            throw new IllegalStateException("no route");
        });
        List<PeerInfo> all = Fakes.drain(peers.list());
        assertThat(all).extracting(PeerInfo::id).containsExactly(SELF, peer(2), peer(3));
        assertThat(all.get(2).error()).isEqualTo("no route");
    }

    @Test
    void joinMakesTheOtherPeerAMemberAtOnce() {
        fakes.parts.setHost(host);
        host.reachable.add(peer(2));
        fakes.rpc.answers.put(peer(2), method -> identity(SELF));
        Fakes.now(peers.join(Multiaddr.parse("/ip4/10.0.0.2/tcp/1/p2p/" + peer(2))));
        assertThat(fakes.rpc.calls).containsExactly("Cluster.PeerAdd " + peer(2));
        assertThat(fakes.monitor.latest("ping")).extracting(Metric::peer).containsExactly(peer(2));
        assertThatThrownBy(() -> Fakes.now(peers.join(Multiaddr.parse("/ip4/10.0.0.2/tcp/1"))))
                .hasMessageContaining("/p2p/");
    }

    @Test
    void joinOfADeadPeerFails() {
        fakes.parts.setHost(host);
        assertThatThrownBy(() -> Fakes.now(peers.join(Multiaddr.parse("/ip4/10.0.0.2/tcp/1/p2p/" + peer(2)))))
                .hasMessageContaining("connection refused");
        assertThat(fakes.monitor.latest("ping")).isEmpty();
    }

    @Test
    void identifiedPeerIntroducesItsMembersAndItsNode() {
        FakeSwarm swarm = new FakeSwarm();
        fakes.parts.setHost(host);
        fakes.parts.setSwarm(swarm);
        Introductions introductions = new Introductions(fakes.parts, peers, loops);
        introductions.partsChanged();
        introductions.start();
        fakes.rpc.answers.put(peer(2), method -> identity(peer(2)));
        host.reachable.add(peer(5));
        host.reachable.add(peer(2));
        host.connect(peer(2), List.of());

        host.identify(peer(2));

        assertThat(fakes.monitor.latest("ping")).extracting(Metric::peer).containsExactly(peer(2));
        assertThat(host.connections).containsOnlyKeys(peer(2), peer(5));
        assertThat(swarm.connected).containsExactly(Multiaddr.parse("/ip4/10.0.0.9/tcp/4001/p2p/" + peer(9)));
        fakes.executors.advance(Duration.ofSeconds(30));
        assertThat(fakes.rpc.calls).containsExactly("Cluster.ID " + peer(2));
    }

    private static PeerInfo identity(PeerId peer) {
        return new PeerInfo(
                peer,
                List.of(),
                List.of(peer),
                List.of(Multiaddr.parse("/ip4/10.0.0.5/tcp/1/p2p/" + peer(5))),
                "1.1.6",
                "",
                Versions.RPC_PROTOCOL,
                "",
                new IpfsId(peer(9), List.of(Multiaddr.parse("/ip4/10.0.0.9/tcp/4001")), ""),
                "other");
    }

    private Alert alert(String name, int number) {
        return new Alert(new Metric(name, peer(number), "", 1, true, 0, false, 0), now());
    }

    private Instant now() {
        return fakes.executors.clock().instant();
    }

    private long published(String name) {
        return fakes.monitor.published.stream()
                .filter(metric -> metric.name().equals(name))
                .count();
    }

    private static final class FakeInformer implements Informer {
        private boolean valid = true;
        private CompletableFuture<Void> waits = CompletableFuture.completedFuture(null);

        @Override
        public String name() {
            return "disk";
        }

        @Override
        public Duration ttl() {
            return Duration.ofSeconds(30);
        }

        @Override
        public CompletionStage<List<Reading>> measure() {
            return waits.thenApply(nothing -> List.of(new Reading("freespace", "5", 5, false, valid)));
        }
    }

    private static final class FakeSwarm implements IpfsSwarm {
        private final List<Multiaddr> connected = new ArrayList<>();
        private Duration delay = Duration.ofSeconds(30);

        @Override
        public Duration connectDelay() {
            return delay;
        }

        @Override
        public CompletableFuture<List<PeerId>> swarmPeers() {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletableFuture<Void> connect(List<Multiaddr> addresses) {
            connected.addAll(addresses);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Cid> resolve(String path) {
            return CompletableFuture.failedFuture(new IllegalStateException(path));
        }
    }

    private static final class FakeIpfs implements IpfsConnector {
        private boolean down;

        @Override
        public CompletableFuture<IpfsId> id() {
            List<Multiaddr> addresses =
                    List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"), Multiaddr.parse("/ip4/10.0.0.9/tcp/4001"));
            return down
                    ? CompletableFuture.failedFuture(new IllegalStateException("connection refused"))
                    : CompletableFuture.completedFuture(new IpfsId(peer(9), addresses, ""));
        }

        @Override
        public CompletableFuture<Void> pin(Pin pin) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> unpin(Cid cid) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<IpfsPinStatus> pinStatus(Pin pin) {
            return CompletableFuture.completedFuture(IpfsPinStatus.UNPINNED);
        }

        @Override
        public Cursor<IpfsPin> pins(Set<IpfsPinStatus> kinds) {
            return Cursor.empty();
        }
    }
}
