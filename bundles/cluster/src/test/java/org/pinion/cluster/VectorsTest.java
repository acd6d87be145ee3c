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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.IpfsId;

class VectorsTest {
    @Test
    void distancesAreThoseOfTheReference() throws IOException {
        JsonNode vector = vectors("distance").get(0);
        String name = vector.path("name").asText();
        Cid cid = Cid.parse(name.substring(name.lastIndexOf(' ') + 1));
        PeerId closest = PeerId.parse(vector.path("decoded").path("closest").asText());
        List<PeerId> all = new ArrayList<>();
        vector.path("decoded").path("distances").properties().forEach(entry -> {
            PeerId peer = PeerId.parse(entry.getKey());
            all.add(peer);
            assertThat(HexFormat.of().formatHex(Distance.between(peer, cid)))
                    .isEqualTo(entry.getValue().asText());
        });
        assertThat(all).hasSize(3);
        for (PeerId peer : all) {
            assertThat(Distance.isClosest(cid, peer, all)).isEqualTo(peer.equals(closest));
        }
    }

    @Test
    void pingValueIsThatOfTheReference() throws IOException {
        String json = vectors("ping-value").get(0).path("decoded").asText();
        PingValue value = PingValue.parse(json);
        assertThat(value.peername()).isEqualTo("host-a");
        assertThat(value.ipfsAddresses()).hasSize(1);
        assertThat(value.toJson()).isEqualTo(json);
    }

    @Test
    void pingTellsOnlyAddressesThatOthersMayReach() {
        List<Multiaddr> addresses = List.of(
                Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"),
                Multiaddr.parse("/ip6/::1/tcp/4001"),
                Multiaddr.parse("/ip4/169.254.1.1/tcp/4001"),
                Multiaddr.parse("/ip4/192.168.1.2/tcp/4001"),
                Multiaddr.parse("/ip6/fe80::1/tcp/4001"),
                Multiaddr.parse("/dns4/example.com/tcp/4001"));
        PingValue value = PingValue.of("n", new IpfsId(Fakes.peer(3), addresses, ""));
        assertThat(value.ipfsAddresses())
                .containsExactly(
                        Multiaddr.parse("/ip4/192.168.1.2/tcp/4001"), Multiaddr.parse("/dns4/example.com/tcp/4001"));
    }

    @Test
    void oddPingValuesSayNothingAndNothingFails() {
        for (String odd : List.of("", "{", "[]", "{\"peer_name\":1}", "{\"ipfs_id\":\"x\"}", "{\"a\":{}}", "\"")) {
            assertThat(PingValue.parse(odd)).isEqualTo(PingValue.UNKNOWN);
        }
        assertThat(PingValue.parse("{ \"peer_name\" : \"a\\u0041\\n\\\"\" , \"later\" : [\"x\"] }")
                        .peername())
                .isEqualTo("aA\n\"");
        PingValue odd = new PingValue("<a&b> \\ \" \n", null, List.of());
        assertThat(PingValue.parse(odd.toJson())).isEqualTo(odd);
        assertThat(PingValue.UNKNOWN.toJson()).isEqualTo("{}");
    }

    private static JsonNode vectors(String group) throws IOException {
        try (InputStream in = VectorsTest.class.getResourceAsStream("cluster-vectors.json")) {
            for (JsonNode node : new ObjectMapper().readTree(in).path("groups")) {
                if (node.path("group").asText().equals(group)) {
                    return node.path("vectors");
                }
            }
        }
        throw new IOException("no group " + group);
    }
}
