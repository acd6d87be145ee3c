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
package org.pinion.libp2p.host.peerstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Peerstore;

class MemoryPeerstoreTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final MemoryPeerstore store = new MemoryPeerstore(nanos::get);

    private static PeerId peer(int n) {
        byte[] digest = ByteBuffer.allocate(32).putInt(n).array();
        return PeerId.ofBytes(Multihash.of(0x12, digest).bytes());
    }

    private static Multiaddr address(int port) {
        return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port);
    }

    @Test
    void addressesLiveAsLongAsTheLongestOfTheirTimes() {
        store.addAddresses(peer(1), List.of(address(1)), HOUR);
        store.addAddresses(peer(1), List.of(address(1).withPeerId(peer(1))), Duration.ofMinutes(1));
        store.addAddresses(peer(1), List.of(address(2)), Duration.ofMinutes(1));
        assertThat(store.addresses(peer(1))).containsExactly(address(1), address(2));

        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(store.addresses(peer(1))).containsExactly(address(1));
        nanos.addAndGet(HOUR.toNanos());
        assertThat(store.addresses(peer(1))).isEmpty();
        assertThat(store.peers()).isEmpty();
    }

    @Test
    void addressesOfAPeerAreBounded() {
        store.addAddresses(peer(1), List.of(address(60_000)), Peerstore.PERMANENT);
        IntStream.range(0, 200).forEach(i -> store.addAddresses(peer(1), List.of(address(i)), HOUR.plusSeconds(i)));
        assertThat(store.addresses(peer(1)))
                .hasSize(MemoryPeerstore.MAX_ADDRESSES)
                .contains(address(60_000), address(199))
                .doesNotContain(address(0));
    }

    @Test
    void peersAreBoundedButConnectedOnesStay() {
        store.connected(peer(0), true, HOUR);
        store.addAddresses(peer(0), List.of(address(1)), HOUR);
        IntStream.range(1, MemoryPeerstore.MAX_PEERS + 100)
                .forEach(i -> store.addAddresses(peer(i), List.of(address(1)), HOUR));
        assertThat(store.size()).isEqualTo(MemoryPeerstore.MAX_PEERS);
        assertThat(store.addresses(peer(0))).isNotEmpty();
        assertThat(store.addresses(peer(1))).isEmpty();
    }

    @Test
    void protocolsCountWhileThePeerIsConnected() {
        PeerInfo info = new PeerInfo(peer(1), Set.of("/a"), List.of(address(1)), "agent", "");
        store.connected(peer(1), true, HOUR);
        store.identified(info, HOUR);
        assertThat(store.protocols(peer(1))).containsExactly("/a");

        nanos.addAndGet(HOUR.multipliedBy(2).toNanos());
        store.connected(peer(1), false, HOUR);
        assertThat(store.addresses(peer(1))).containsExactly(address(1));
        assertThat(store.protocols(peer(1))).isEmpty();
        assertThat(store.info(peer(1))).contains(info);

        store.clearAddresses(peer(1));
        assertThat(store.addresses(peer(1))).isEmpty();
    }
}
