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
package org.pinion.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

class TextRecordTest {
    static final PeerId PEER = PeerId.of(PrivateKey.ofEd25519Seed(new byte[32]));

    @Test
    void eachAddressIsAnEntryWithThePeer() {
        byte[] record = TextRecord.of(PEER, addresses("/ip4/10.0.0.1/tcp/9096"));
        String entry = "dnsaddr=/ip4/10.0.0.1/tcp/9096/p2p/" + PEER;
        assertThat(record[0]).isEqualTo((byte) entry.length());
        assertThat(new String(record, 1, record.length - 1, StandardCharsets.UTF_8))
                .isEqualTo(entry);
    }

    @Test
    void whatOthersCannotUseIsLeftOut() {
        byte[] record = TextRecord.of(
                PEER,
                addresses(
                        "/ip4/10.0.0.1/tcp/9096",
                        "/ip6/fe80::1/tcp/9096",
                        "/dns4/peer.local/tcp/9096",
                        "/dns4/example.com/tcp/9096",
                        "/ip4/10.0.0.1/tcp/9097/ws",
                        "/ip4/10.0.0.1/tcp/9096/p2p/" + PEER + "/p2p-circuit"));
        assertThat(TextRecord.parse(record)).singleElement().satisfies(peer -> {
            assertThat(peer.id()).isEqualTo(PEER);
            assertThat(peer.addresses())
                    .extracting(Multiaddr::toString)
                    .containsExactly("/ip4/10.0.0.1/tcp/9096", "/ip6/fe80::1/tcp/9096", "/dns4/peer.local/tcp/9096");
        });
    }

    @Test
    void recordFitsAPacketWhateverTheNumberOfAddresses() {
        List<Multiaddr> many = IntStream.range(0, 200)
                .mapToObj(i -> Multiaddr.parse("/ip4/10.0.0." + i + "/tcp/9096"))
                .toList();
        assertThat(TextRecord.of(PEER, many)).hasSizeLessThan(1300);
    }

    @Test
    void strangeEntriesAreSkipped() {
        byte[] good = TextRecord.of(PEER, addresses("/ip4/10.0.0.1/tcp/9096"));
        byte[] strange = ("\u0003a=b\u0009dnsaddr=x\u0018dnsaddr=/ip4/1.2.3.4/tcp").getBytes(StandardCharsets.UTF_8);
        byte[] both = new byte[strange.length + good.length];
        System.arraycopy(strange, 0, both, 0, strange.length);
        System.arraycopy(good, 0, both, strange.length, good.length);
        assertThat(TextRecord.parse(both)).hasSize(1);
    }

    @Test
    void anyBytesAreReadWithoutAnError() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] record = TextRecord.of(PEER, addresses("/ip4/10.0.0.1/tcp/9096"));
            record[random.nextInt(record.length)] = (byte) random.nextInt();
            assertThat(TextRecord.parse(record)).hasSizeLessThan(2);
        }
    }

    private static List<Multiaddr> addresses(String... texts) {
        return List.of(texts).stream().map(Multiaddr::parse).toList();
    }
}
