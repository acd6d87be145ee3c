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
package org.pinion.libp2p.host.identify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Stream;

class ObservedAddressesTest {
    private final AtomicLong now = new AtomicLong();
    private final ObservedAddresses observed = new ObservedAddresses(now::get);

    private record From(PeerId remotePeer, boolean outbound) implements Connection {
        @Override
        public Multiaddr remoteAddress() {
            return Multiaddr.parse("/ip4/10.0.0.1/tcp/4000");
        }

        @Override
        public Multiaddr localAddress() {
            return Multiaddr.parse("/ip4/172.17.0.2/tcp/9096");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public CompletionStage<Stream> newStream(List<String> protocols) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static From someone() {
        return new From(PeerId.of(PrivateKey.generate(KeyType.ED25519)), false);
    }

    private static Multiaddr address(String text) {
        return Multiaddr.parse(text);
    }

    @Test
    void theAddressThatAPeerDialedCountsForAWhile() {
        assertThat(observed.observed(someone(), address("/ip4/1.2.3.4/tcp/9096")))
                .isTrue();
        assertThat(observed.observed(someone(), address("/ip4/1.2.3.4/tcp/9096")))
                .isFalse();
        assertThat(observed.addresses()).containsExactly(address("/ip4/1.2.3.4/tcp/9096"));

        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(observed.addresses()).isEmpty();
    }

    @Test
    void onePeerHasOneVoiceAndTheMostVoicesCount() {
        From one = someone();
        for (int i = 1; i < 10; i++) {
            observed.observed(one, address("/ip4/6.6.6.6/tcp/" + i));
        }
        assertThat(observed.addresses()).containsExactly(address("/ip4/6.6.6.6/tcp/9"));

        for (int i = 0; i < 2; i++) {
            observed.observed(someone(), address("/ip4/1.2.3.4/tcp/9096"));
            observed.observed(someone(), address("/ip4/1.2.3.4/tcp/9097"));
            observed.observed(someone(), address("/ip6/2001:db8::1/tcp/9097"));
        }
        assertThat(observed.addresses()).hasSize(3).doesNotContain(address("/ip4/6.6.6.6/tcp/9"));
    }

    @Test
    void addressesThatCannotBeOursAreNotTaken() {
        From dialed = new From(someone().remotePeer(), true);
        assertThat(observed.observed(dialed, address("/ip4/1.2.3.4/tcp/40000"))).isFalse();
        for (String bad : List.of(
                "/ip4/127.0.0.1/tcp/9096",
                "/ip4/0.0.0.0/tcp/9096",
                "/ip4/224.0.0.1/tcp/9096",
                "/ip4/1.2.3.4/tcp/0",
                "/ip4/1.2.3.4/tcp/9096/ws",
                "/ip4/1.2.3.4/udp/9096",
                "/dns4/a.example/tcp/9096",
                "/memory/1")) {
            assertThat(observed.observed(someone(), address(bad))).as(bad).isFalse();
        }
        assertThat(observed.addresses()).isEmpty();
    }

    @Test
    void manyPeersAreBounded() {
        for (int i = 0; i < 1000; i++) {
            observed.observed(someone(), address("/ip4/1.2.3.4/tcp/" + (i + 1)));
        }
        assertThat(observed.addresses()).hasSize(3);
    }
}
