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

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Bytes of remote peers: whatever they are, a value that reads back as the same bytes or IllegalArgumentException. */
class MalformedInputTest {
    private static final int ROUNDS = 20_000;
    private static final String ID = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    @Test
    void damagedCidsAreRefusedOrReadBack() {
        List<byte[]> good = List.of(
                Cid.parse("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR").bytes(),
                Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")
                        .bytes(),
                Cid.v1(300, Multihash.identity(new byte[3])).bytes());
        damage(good, bytes -> Cid.ofBytes(bytes).bytes());
        damage(good, bytes -> Cid.parse(Cid.ofBytes(bytes).toString()).bytes());
        damage(good, bytes -> {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte[] read = Cid.read(in).bytes();
            return in.hasRemaining() ? bytes : read;
        });
    }

    @Test
    void damagedPeerIdsAreRefusedOrReadBack() {
        List<byte[]> good = List.of(PeerId.parse(ID).bytes());
        damage(good, bytes -> {
            PeerId id = PeerId.ofBytes(bytes);
            assertThat(id.inlineKey()).isNotNull();
            assertThat(id.toString()).isNotEmpty();
            return id.bytes();
        });
    }

    @Test
    void damagedAddressesAreRefusedOrReadBack() {
        List<byte[]> good = List.of(
                Multiaddr.parse("/ip6/2001:db8::1/tcp/4001/p2p/" + ID + "/p2p-circuit")
                        .bytes(),
                Multiaddr.parse("/dns4/example.org/tcp/443/tls/sni/example.org/ws")
                        .bytes(),
                Multiaddr.parse("/ip4/10.1.0.0/ipcidr/16").bytes(),
                Multiaddr.parse("/http/http-path/a%2Fb").bytes());
        damage(good, bytes -> {
            Multiaddr address = Multiaddr.ofBytes(bytes);
            String text = address.toString();
            // names that are not UTF-8 have no exact text
            if (text.indexOf('\uFFFD') < 0 && !text.contains("%EF%BF%BD") && !address.has(Protocol.UNIX)) {
                assertThat(Multiaddr.parse(text)).isEqualTo(address);
            }
            return address.bytes();
        });
    }

    @Test
    void damagedKeysAreRefusedOrUsable() {
        List<byte[]> publicKeys = new ArrayList<>();
        List<byte[]> privateKeys = new ArrayList<>();
        for (KeyType type : KeyType.values()) {
            PrivateKey key = PrivateKey.generate(type);
            publicKeys.add(key.publicKey().marshal());
            privateKeys.add(key.marshal());
        }
        damage(publicKeys, bytes -> {
            assertThat(PublicKey.unmarshal(bytes).verify(new byte[5], new byte[64]))
                    .isFalse();
            return bytes;
        });
        damage(privateKeys, bytes -> {
            assertThat(PrivateKey.unmarshal(bytes).publicKey()).isNotNull();
            return bytes;
        });
    }

    private static void damage(List<byte[]> good, Function<byte[], byte[]> readBack) {
        Random random = new Random(20);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                // the first bytes hold the structure
                int limit = random.nextBoolean() ? Math.min(12, bytes.length) : bytes.length;
                bytes[random.nextInt(limit)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
            }
            try {
                assertThat(readBack.apply(bytes)).isEqualTo(bytes);
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            }
        }
    }
}
