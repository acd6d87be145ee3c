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
package org.pinion.libp2p.kad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;

class ScopeTest {
    private static final Multiaddr LOOPBACK = at("127.0.0.1");
    private static final Multiaddr PRIVATE = at("192.168.1.2");
    private static final Multiaddr PUBLIC = at("8.8.8.8");
    private static final Multiaddr NAME = Multiaddr.parse("/dns4/example.com/tcp/1");
    private static final List<Multiaddr> ALL = List.of(LOOPBACK, PRIVATE, PUBLIC, NAME);

    @Test
    void privateTableTakesWhoIsConnectedOverAPrivateNetwork() {
        assertThat(Scope.LAN.accepts(place(PRIVATE, PUBLIC))).isTrue();
        assertThat(Scope.LAN.accepts(place(LOOPBACK, PUBLIC))).isTrue();
        assertThat(Scope.LAN.accepts(place(at("100.64.3.4"), PUBLIC))).isTrue();
        assertThat(Scope.LAN.accepts(place(PUBLIC, PRIVATE))).isFalse();
        assertThat(Scope.LAN.accepts(new Scope.Place(List.of(), ALL, List.of(), ip -> true)))
                .isFalse();
    }

    @Test
    void publicNeighbourCountsAsPrivate() {
        assertThat(Scope.LAN.accepts(new Scope.Place(List.of(PUBLIC), List.of(), List.of(at("8.8.8.8")), ip -> false)))
                .isTrue();
        assertThat(Scope.LAN.accepts(new Scope.Place(List.of(PUBLIC), List.of(), List.of(), ip -> true)))
                .isTrue();
    }

    @Test
    void publicTableTakesWhoHasAPublicAddress() {
        assertThat(Scope.WAN.accepts(place(PRIVATE, PUBLIC))).isTrue();
        assertThat(Scope.WAN.accepts(place(PUBLIC, PRIVATE))).isFalse();
        Multiaddr relayed = Multiaddr.parse("/ip4/8.8.8.8/tcp/1/p2p/" + TestPeers.peer(1) + "/p2p-circuit");
        assertThat(Scope.WAN.accepts(place(PRIVATE, relayed))).isFalse();
    }

    @Test
    void addressesAreKeptWhereTheyMeanSomething() {
        assertThat(Scope.LAN.credible(ALL, false)).containsExactly(PRIVATE, PUBLIC, NAME);
        assertThat(Scope.LAN.credible(ALL, true)).isEqualTo(ALL);
        assertThat(Scope.WAN.credible(ALL, true)).containsExactly(PUBLIC, NAME);
        assertThat(Scope.WAN.credible(List.of(Multiaddr.parse("/dns4/localhost/tcp/1")), true))
                .isEmpty();
        assertThat(Scope.LAN.credible(List.of(PRIVATE.withPeerId(TestPeers.peer(1)), PRIVATE), false))
                .containsExactly(PRIVATE);
        List<Multiaddr> many = IntStream.range(0, 100).mapToObj(TestPeers::at).toList();
        assertThat(Scope.LAN.credible(many, false)).hasSize(Scope.MAX_ADDRESSES);
    }

    @Test
    void rangesOfNetworksAreKnown() {
        assertThat(Stream.of("8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1")
                        .map(ScopeTest::at))
                .allMatch(Addresses::isPublic)
                .noneMatch(Addresses::isPrivate);
        assertThat(Stream.of("10.1.2.3", "172.31.0.1", "169.254.1.1", "fd00::1", "fe80::1", "::1")
                        .map(ScopeTest::at))
                .noneMatch(Addresses::isPublic)
                .allMatch(Addresses::isPrivate);
        assertThat(Stream.of("0.0.0.0", "224.0.0.1", "255.255.255.255", "203.0.113.9", "ff02::1", "2001:db8::1")
                        .map(ScopeTest::at))
                .noneMatch(Addresses::isPublic)
                .noneMatch(Addresses::isPrivate);
        assertThat(Addresses.isPublic(NAME)).isFalse();
    }

    private static Scope.Place place(Multiaddr remote, Multiaddr known) {
        return new Scope.Place(List.of(remote), List.of(known), List.of(), ip -> false);
    }

    private static Multiaddr at(String ip) {
        return Multiaddr.parse((ip.contains(":") ? "/ip6/" : "/ip4/") + ip + "/tcp/1");
    }
}
