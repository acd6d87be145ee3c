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
package org.pinion.ipld.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultiaddrTest {
    private static final String ID1 = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
    private static final String ID2 = "12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq";
    private static final String RELAYED = "/ip4/192.168.1.2/tcp/9096/p2p/" + ID1 + "/p2p-circuit/p2p/" + ID2;

    static List<JsonNode> vectors() {
        return Vectors.wire("multiaddr");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void textAndBytesAgreeWithTheReference(JsonNode vector) {
        String text = vector.get("decoded").get("string").asText();
        byte[] bytes = Vectors.hex(vector.get("hex"));

        assertThat(Multiaddr.parse(vector.get("name").asText()).bytes()).isEqualTo(bytes);
        assertThat(Multiaddr.parse(text).toString()).isEqualTo(text);
        assertThat(Multiaddr.ofBytes(bytes).toString()).isEqualTo(text);
        assertThat(Multiaddr.ofBytes(bytes)).isEqualTo(Multiaddr.parse(text)).hasSameHashCodeAs(Multiaddr.parse(text));
        assertThat(Multiaddr.ofBytes(bytes).components())
                .isEqualTo(Multiaddr.parse(text).components());
    }

    @Test
    void namesCodesAndSizesAgreeWithTheReference() {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : Vectors.protocolCodes().properties()) {
            Protocol protocol = Protocol.byName(entry.getKey()).orElseThrow();
            JsonNode expected = entry.getValue();
            names.add(entry.getKey());
            int bits = expected.get("size_bits").asInt();

            assertThat(protocol.code()).isEqualTo(expected.get("code").asInt());
            assertThat(protocol.isPath()).isEqualTo(expected.get("path").asBoolean());
            assertThat(protocol.value().size()).isEqualTo(bits < 0 ? -1 : bits / 8);
            assertThat(Varint.encode(protocol.code())).isEqualTo(Vectors.hex(expected.get("varint")));
            assertThat(Protocol.byCode(protocol.code())).contains(protocol);
        }
        assertThat(names).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @CsvSource({
        "/ip4/1.2.3.4/tcp/80/, /ip4/1.2.3.4/tcp/80",
        "/ip4/1.2.3.4/tcp/080///, /ip4/1.2.3.4/tcp/80",
        "/ip6/2001:DB8:0:0:1:0:0:1, /ip6/2001:db8::1:0:0:1",
        "/ip6/::, /ip6/::",
        "/ip6/0:0:0:0:0:0:0:0, /ip6/::",
        "/ip6/1::, /ip6/1::",
        "/ip6/1:0:2:3:4:5:6:7, /ip6/1:0:2:3:4:5:6:7",
        "/ip6/1:0:2:0:0:5:6:7, /ip6/1:0:2::5:6:7",
        "/ip6/::ffff:1.2.3.4, /ip6/::ffff:1.2.3.4",
        "/ip6/::FFFF:102:304, /ip6/::ffff:1.2.3.4",
        "/ip6/64:ff9b::1.2.3.4, /ip6/64:ff9b::102:304",
        "/ip6/1:2:3:4:5:6:7::, /ip6/1:2:3:4:5:6:7:0",
        "/unix/run/api.sock/, /unix/run/api.sock",
        "/memory/18446744073709551615, /memory/18446744073709551615",
        "/http/http-path/a%2Fb+c*~%7E, /http/http-path/a%2Fb+c%2A~~",
        "/onion/TIMAQ4YGG2IEGCI7:80, /onion/timaq4ygg2iegci7:80",
        "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234, /onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234",
        "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq, /garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq",
        "/certhash/f1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad, /certhash/uEiC6eBa_jwHP6kFBQN5driIjsANho5YXepy0EP9h8gAVrQ"
    })
    void otherSpellingsAreReadAndWrittenCanonically(String text, String canonical) {
        Multiaddr address = Multiaddr.parse(text);
        assertThat(address.toString()).isEqualTo(canonical);
        assertThat(Multiaddr.ofBytes(address.bytes()).toString()).isEqualTo(canonical);
    }

    @Test
    void ipfsIsAnotherNameOfP2pAndIdsMayBeCids() {
        String canonical = "/p2p/" + ID1;
        assertThat(Multiaddr.parse("/ipfs/" + ID1).toString()).isEqualTo(canonical);
        assertThat(Multiaddr.parse("/p2p/" + PeerId.parse(ID1).toCid()).toString())
                .isEqualTo(canonical);
    }

    @Test
    void garlic64IsReadBack() {
        String value = Multibase.encode('M', new byte[387]).substring(1);
        assertThat(Multiaddr.parse("/garlic64/" + value).toString()).isEqualTo("/garlic64/" + value);
        assertThatThrownBy(() -> Multiaddr.parse("/garlic64/AAAA")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lastPeerIdIsTheOneReached() {
        Multiaddr relayed = Multiaddr.parse(RELAYED);
        assertThat(relayed.peerId()).contains(PeerId.parse(ID2));
        assertThat(relayed.withoutPeerId().toString())
                .isEqualTo("/ip4/192.168.1.2/tcp/9096/p2p/" + ID1 + "/p2p-circuit");
        assertThat(relayed.withoutPeerId().peerId()).contains(PeerId.parse(ID1));
        assertThat(relayed.withoutPeerId().withoutPeerId()).isEqualTo(relayed.withoutPeerId());
    }

    @Test
    void peerIdIsAddedOrReplacedAtTheEnd() {
        Multiaddr plain = Multiaddr.parse("/dns4/cluster0/tcp/9096");
        Multiaddr first = plain.withPeerId(PeerId.parse(ID1));
        Multiaddr second = first.withPeerId(PeerId.parse(ID2));

        assertThat(plain.peerId()).isEmpty();
        assertThat(first).isEqualTo(Multiaddr.parse("/dns4/cluster0/tcp/9096/p2p/" + ID1));
        assertThat(second).isEqualTo(Multiaddr.parse("/dns4/cluster0/tcp/9096/p2p/" + ID2));
        assertThat(second.withoutPeerId()).isEqualTo(plain);
        assertThat(Multiaddr.parse("/p2p/" + ID1).withoutPeerId().isEmpty()).isTrue();
    }

    @Test
    void partsAreFoundByName() {
        Multiaddr address = Multiaddr.parse("/dns4/example.org/tcp/443/wss");
        assertThat(address.value("tcp")).contains("443");
        assertThat(address.value("dns4")).contains("example.org");
        assertThat(address.value("wss")).isEmpty();
        assertThat(address.has("wss")).isTrue();
        assertThat(address.has("ws")).isFalse();
        assertThat(address.has("nonsense")).isFalse();
        assertThat(address.value("nonsense")).isEmpty();
        assertThat(address.components())
                .containsExactly(
                        new Multiaddr.Component(Protocol.DNS4, "example.org"),
                        new Multiaddr.Component(Protocol.TCP, "443"),
                        new Multiaddr.Component(Protocol.WSS, null));
        assertThat(address.append(Multiaddr.parse("/p2p/" + ID1)).peerId()).isEqualTo(Optional.of(PeerId.parse(ID1)));
        assertThat(address.components().get(1)).hasToString("/tcp/443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "ip4/1.2.3.4",
                "/ip4",
                "/ip4/",
                "/ip4/1.2.3",
                "/ip4/1.2.3.4.5",
                "/ip4/1.2.3.256",
                "/ip4/01.2.3.4",
                "/ip4/::1",
                "/ip4//tcp/1",
                "/ip6/1.2.3.4x",
                "/ip6/:::",
                "/ip6/1::2::3",
                "/ip6/1:2:3:4:5:6:7",
                "/ip6/1:2:3:4:5:6:7:8:9",
                "/ip6/1:2:3:4:5:6:7:8::",
                "/ip6/12345::",
                "/ip6/fe80::1%eth0",
                "/ip6/1:",
                "/tcp/65536",
                "/tcp/-1",
                "/tcp/x",
                "/tcp",
                "/ip4/1.2.3.4/tcp/80/nonsense",
                "/ip4/1.2.3.4/ipcidr/256",
                "/p2p/hello",
                "/onion/timaq4ygg2iegci7:0",
                "/onion/timaq4ygg2iegci7",
                "/unix/",
                "/memory/x",
                "/certhash/zz"
            })
    void textThatIsNoAddressIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> Multiaddr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + text + '"');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "04",
                "047f0000",
                "047f00000106",
                "36",
                "3600",
                "3605616263",
                "3603612f62",
                "ffff7f",
                "a503021200ff",
                "a50300",
                "8400047f000001",
                "36ffffffffffffffffff01"
            })
    void bytesThatAreNoAddressAreRefused(String hex) {
        assertThatThrownBy(() -> Multiaddr.ofBytes(Vectors.hex(hex))).isInstanceOf(IllegalArgumentException.class);
    }
}
