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
import static org.pinion.cluster.Fakes.info;
import static org.pinion.cluster.Fakes.peer;
import static org.pinion.cluster.Fakes.pin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.StatusRows;

class StatusServiceTest {
    private final Fakes fakes = new Fakes();
    private final Known known = new Known(fakes.parts);
    private final StatusService statuses = new StatusService(
            fakes.parts, new PinsetService(fakes.parts), known, fakes.executors.workers("test", 1, 1));
    private final FakeHost host = new FakeHost();

    @BeforeEach
    void threePeers() {
        fakes.consensus.peers.add(peer(2));
        fakes.consensus.peers.add(peer(3));
        fakes.parts.setHost(host);
        host.agents.put(peer(2), "pinion/0.1.0");
        host.agents.put(peer(3), "ipfs-cluster/1.1.6");
    }

    @Test
    void rowsOfAllPeersAreMergedByCid() {
        fakes.tracker.rows.addAll(List.of(info(SELF, 1, TrackerStatus.PINNED), info(SELF, 3, TrackerStatus.PINNING)));
        fakes.rpc.answers.put(
                peer(2),
                method -> List.of(info(peer(2), 2, TrackerStatus.PINNED), info(peer(2), 3, TrackerStatus.PINNED)));
        fakes.rpc.answers.put(
                peer(3),
                method -> List.of(info(peer(3), 3, TrackerStatus.PIN_ERROR), info(peer(3), 1, TrackerStatus.REMOTE)));

        List<String> rows = rows(statuses.statusAll(StatusFilter.ALL));

        assertThat(rows).containsExactly("1: 1=pinned 3=remote", "2: 2=pinned", "3: 1=pinning 2=pinned 3=pin_error");
        assertThat(fakes.rpc.calls)
                .containsExactlyInAnyOrder("PinTracker.StatusRows " + peer(2), "PinTracker.StatusAll " + peer(3));
    }

    @Test
    void peerOfOursThatDoesNotKnowGroupsIsAskedForSingleRows() {
        RpcException unknown = new RpcException(RpcException.Kind.SERVER, "rpc: can't find method StatusRows");
        Cursor<PinInfo> rows =
                new GroupedRows(failing(unknown), () -> Cursor.of(List.of(info(peer(2), 1, TrackerStatus.PINNED))));
        assertThat(Fakes.drain(rows)).extracting(PinInfo::cid).containsExactly(cid(1));
    }

    @Test
    void otherFailuresOfGroupsAreTold() {
        RpcException gone = new RpcException(RpcException.Kind.CLIENT, "gone");
        Cursor<PinInfo> rows = new GroupedRows(failing(gone), Cursor::empty);
        assertThatThrownBy(rows::next).isSameAs(gone);
    }

    private static Cursor<StatusRows> failing(RpcException failure) {
        return Cursor.of(List.of(1)).map(any -> {
            throw failure;
        });
    }

    @Test
    void peerThatCannotBeReachedIsAnErrorInEveryRow() {
        fakes.tracker.rows.addAll(List.of(info(SELF, 1, TrackerStatus.PINNED), info(SELF, 2, TrackerStatus.PINNED)));
        fakes.rpc.answers.put(peer(2), method -> {
            throw new RpcException(RpcException.Kind.CLIENT, "dial failed");
        });
        fakes.rpc.answers.put(peer(3), method -> {
            throw new RpcException(RpcException.Kind.AUTHORIZATION, "not you");
        });
        fakes.monitor.log(new org.pinion.spi.Metric("ping", peer(2), "{\"peer_name\":\"two\"}", 1, true, 0, false, 0));

        List<GlobalPinInfo> all = Fakes.drain(statuses.statusAll(StatusFilter.ALL));

        assertThat(all).hasSize(2);
        assertThat(all.get(1).peers()).containsOnlyKeys(SELF, peer(2));
        assertThat(all.get(1).peers().get(peer(2)).status()).isEqualTo(TrackerStatus.CLUSTER_ERROR);
        assertThat(all.get(1).peers().get(peer(2)).error()).isEqualTo("dial failed");
        assertThat(all.get(1).peers().get(peer(2)).peername()).isEqualTo("two");
        assertThat(all.get(1).name()).isEmpty();
    }

    @Test
    void streamThatBreaksIsAnErrorFromThenOn() {
        List<PinInfo> own = List.of(info(SELF, 1, TrackerStatus.PINNED), info(SELF, 2, TrackerStatus.PINNED));
        List<PinInfo> wrong = List.of(info(peer(2), 1, TrackerStatus.PINNED), info(peer(2), 0, TrackerStatus.PINNED));
        Map<PeerId, CompletableFuture<Cursor<PinInfo>>> streams = new LinkedHashMap<>();
        streams.put(SELF, CompletableFuture.completedFuture(Cursor.of(own)));
        streams.put(peer(2), CompletableFuture.completedFuture(Cursor.of(wrong)));
        assertThat(rows(new StatusMerge(streams, known, fakes.executors.clock())))
                .containsExactly("1: 1=pinned 2=pinned", "2: 1=pinned 2=cluster_error");
    }

    @Test
    void unsortedRowsAreCollectedUpToALimit() {
        List<PinInfo> rows = new ArrayList<>();
        for (int i = 5; i > 0; i--) {
            rows.add(info(peer(3), i, TrackerStatus.PINNED));
        }
        assertThat(Fakes.drain(Streams.sorted(peer(3), Cursor.of(rows), 5)))
                .extracting(PinInfo::cid)
                .containsExactly(cid(1), cid(2), cid(3), cid(4), cid(5));
        assertThatThrownBy(() -> Streams.sorted(peer(3), Cursor.of(rows), 4))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("more than 4 pins");
    }

    @Test
    void statusOfOneAsksItsHoldersAndKnowsTheOthers() {
        fakes.state.pins.put(cid(1), pin(1, 2, 2).withAllocations(List.of(SELF, peer(9))));
        fakes.tracker.rows.add(info(SELF, 1, TrackerStatus.PINNED));
        fakes.rpc.answers.put(peer(9), method -> {
            throw new RpcException(RpcException.Kind.CLIENT, "gone");
        });

        GlobalPinInfo status = Fakes.now(statuses.status(cid(1)));

        assertThat(row(status)).isEqualTo("1: 1=pinned 2=remote 3=remote 9=cluster_error");
        assertThat(fakes.rpc.calls).containsExactly("PinTracker.Status " + peer(9));
        assertThat(status.allocations()).containsExactly(SELF, peer(9));
    }

    @Test
    void unknownCidIsUnpinnedEverywhereWithoutACall() {
        assertThat(row(Fakes.now(statuses.status(cid(7))))).isEqualTo("7: 1=unpinned 2=unpinned 3=unpinned");
        assertThat(fakes.rpc.calls).isEmpty();
        assertThatThrownBy(() -> Fakes.now(statuses.recoverLocal(cid(7))))
                .hasRootCauseMessage("pin is not part of the pinset");
    }

    @Test
    void followerAsksOnlyItself() {
        fakes.settings(Fakes.settings(true, true));
        fakes.state.pins.put(cid(1), pin(1, -1, -1));
        fakes.tracker.rows.add(info(SELF, 1, TrackerStatus.PINNED));
        assertThat(row(Fakes.now(statuses.status(cid(1))))).isEqualTo("1: 1=pinned");
        assertThat(rows(statuses.statusAll(StatusFilter.ALL))).containsExactly("1: 1=pinned");
        assertThat(fakes.rpc.calls).isEmpty();
    }

    @Test
    void recoverAllAsksEveryPeerToRecoverItself() {
        fakes.rpc.answers.put(peer(2), method -> List.of(info(peer(2), 4, TrackerStatus.PIN_QUEUED)));
        fakes.rpc.answers.put(peer(3), method -> List.of());
        assertThat(rows(statuses.recoverAll())).containsExactly("4: 2=pin_queued");
        assertThat(fakes.rpc.calls).contains("Cluster.RecoverAllLocal " + peer(2));
    }

    private static List<String> rows(Cursor<GlobalPinInfo> cursor) {
        return Fakes.drain(cursor).stream().map(StatusServiceTest::row).toList();
    }

    private static String row(GlobalPinInfo info) {
        byte[] digest = info.cid().multihash().digest();
        StringBuilder out =
                new StringBuilder().append(digest[digest.length - 1]).append(':');
        info.peers()
                .forEach((peer, status) -> out.append(' ')
                        .append(peer.multihash().digest()[0])
                        .append('=')
                        .append(status.status().text()));
        return out.toString();
    }
}
