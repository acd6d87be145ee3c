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
package org.pinion.libp2p.host.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

class SwarmPartsTest {
    private static final PeerId PEER =
            PeerId.of(PrivateKey.ofEd25519Seed(new byte[32]).publicKey());

    private static Multiaddr address(String text) {
        return Multiaddr.parse(text);
    }

    @Test
    void onlyTcpAndWebSocketAddressesAreDialed() {
        assertThat(Addresses.target(address("/ip4/1.2.3.4/tcp/5")).orElseThrow().port())
                .isEqualTo(5);
        assertThat(Addresses.target(address("/ip6/::1/tcp/5").withPeerId(PEER))
                        .orElseThrow()
                        .host())
                .isEqualTo("::1");
        assertThat(Addresses.target(address("/dns4/a.example/tcp/5"))
                        .orElseThrow()
                        .isName())
                .isTrue();
        for (String other : List.of(
                "/ip4/1.2.3.4/udp/5",
                "/ip4/1.2.3.4/udp/9096/quic",
                "/ip4/1.2.3.4/tcp/5/tls",
                "/ip4/1.2.3.4/tcp/5/http",
                "/dnsaddr/a.example",
                "/ip4/1.2.3.4/tcp/5/p2p/" + PEER + "/p2p-circuit")) {
            assertThat(Addresses.target(address(other))).as(other).isEmpty();
        }
    }

    @Test
    void webSocketsAreToldFromThoseInsideTls() {
        assertThat(Addresses.target(address("/ip4/1.2.3.4/tcp/5/ws"))).hasValueSatisfying(target -> {
            assertThat(target.webSocket()).isTrue();
            assertThat(target.tls()).isFalse();
        });
        for (String text : List.of("/wss", "/tls/ws", "/tls/sni/b.example/ws")) {
            Addresses.Target target =
                    Addresses.target(address("/dns/a.example/tcp/5" + text)).orElseThrow();
            assertThat(target.webSocket()).isTrue();
            assertThat(target.tlsName()).isEqualTo(text.contains("sni") ? "b.example" : "a.example");
        }
    }

    @Test
    void addressesOverRelaysNameTheRelay() {
        Multiaddr relay = address("/ip4/1.2.3.4/tcp/5").withPeerId(PEER);
        Multiaddr over = relay.append(address("/p2p-circuit"));
        assertThat(Addresses.relay(over)).contains(relay);
        assertThat(Addresses.relay(over.withPeerId(PEER))).contains(relay);
        for (Multiaddr other : List.of(
                relay,
                address("/ip4/1.2.3.4/tcp/5/p2p-circuit"),
                over.append(relay).append(address("/p2p-circuit")),
                over.append(address("/tcp/5")))) {
            assertThat(Addresses.relay(other)).as(other.toString()).isEmpty();
        }
    }

    @Test
    void socketsBecomeMultiaddresses() throws UnknownHostException {
        assertThat(Addresses.of(new InetSocketAddress("127.0.0.1", 9096))).hasToString("/ip4/127.0.0.1/tcp/9096");
        assertThat(Addresses.of(InetAddress.getByName("fe80::1%1"), 1)).hasToString("/ip6/fe80::1/tcp/1");
    }

    @Test
    void toldAddressesAreBelievedAsFarAsTheyCanBeReached() {
        Multiaddr loopback = address("/ip4/127.0.0.1/tcp/1");
        Multiaddr local = address("/ip4/192.168.0.7/tcp/1");
        Multiaddr global = address("/ip4/8.8.8.8/tcp/1");
        Multiaddr name = address("/dns4/a.example/tcp/1");
        List<Multiaddr> told = List.of(loopback, local, global, name);

        assertThat(Addresses.credible(told, loopback)).isEqualTo(told);
        assertThat(Addresses.credible(told, local)).containsExactly(local, global, name);
        assertThat(Addresses.credible(told, global)).containsExactly(global, name);
    }

    @Test
    void pausesGrowWithFailuresAndEndWithSuccess() {
        AtomicLong nanos = new AtomicLong();
        BackOff backOff = new BackOff(nanos::get);
        Multiaddr address = address("/ip4/8.8.8.8/tcp/1");
        assertThat(backOff.pause(PEER, address)).isZero();
        backOff.failed(PEER, address);
        assertThat(backOff.pause(PEER, address)).isEqualTo(Duration.ofSeconds(1));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(backOff.pause(PEER, address)).isZero();
        backOff.failed(PEER, address);
        assertThat(backOff.pause(PEER, address)).isEqualTo(Duration.ofSeconds(4));
        for (int i = 0; i < 100; i++) {
            backOff.failed(PEER, address);
        }
        assertThat(backOff.pause(PEER, address)).isEqualTo(Duration.ofMinutes(5));
        backOff.clear(PEER);
        assertThat(backOff.pause(PEER, address)).isZero();
    }
}
