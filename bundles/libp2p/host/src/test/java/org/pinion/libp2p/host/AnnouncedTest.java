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

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;

class AnnouncedTest {
    private static List<Multiaddr> all(String... texts) {
        return List.of(texts).stream().map(Multiaddr::parse).toList();
    }

    private static final List<Multiaddr> BOUND =
            all("/ip4/127.0.0.1/tcp/1", "/ip4/10.1.2.3/tcp/1", "/ip4/10.128.0.1/tcp/1", "/ip6/fd00::1/tcp/1");
    private static final List<Multiaddr> SEEN = all("/ip4/8.8.8.8/tcp/1");

    private static List<Multiaddr> told(List<Multiaddr> announce, List<Multiaddr> hidden) {
        return new Announced(announce, hidden, () -> BOUND, () -> SEEN).addresses();
    }

    @Test
    void whatIsBoundAndSeenIsTold() {
        assertThat(told(List.of(), List.of()))
                .containsExactlyElementsOf(all(
                        "/ip4/127.0.0.1/tcp/1",
                        "/ip4/10.1.2.3/tcp/1",
                        "/ip4/10.128.0.1/tcp/1",
                        "/ip6/fd00::1/tcp/1",
                        "/ip4/8.8.8.8/tcp/1"));
    }

    @Test
    void givenAddressesStandInPlaceOfAll() {
        assertThat(told(all("/dns4/a.example/tcp/9"), List.of()))
                .containsExactlyElementsOf(all("/dns4/a.example/tcp/9"));
    }

    @Test
    void addressesAndWholeNetworksAreHidden() {
        assertThat(told(List.of(), all("/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.0/ipcidr/9", "/ip6/fc00::/ipcidr/7")))
                .containsExactlyElementsOf(all("/ip4/10.128.0.1/tcp/1", "/ip4/8.8.8.8/tcp/1"));
        assertThat(told(all("/ip4/10.1.2.3/tcp/9", "/ip4/9.9.9.9/tcp/9"), all("/ip4/10.0.0.0/ipcidr/8")))
                .containsExactlyElementsOf(all("/ip4/9.9.9.9/tcp/9"));
        assertThat(told(List.of(), all("/ip4/0.0.0.0/ipcidr/0", "/ip6/::/ipcidr/0")))
                .isEmpty();
    }
}
