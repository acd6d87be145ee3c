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
package org.pinion.libp2p.bitswap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.bitswap.BitswapMessage.Block;
import org.pinion.libp2p.bitswap.BitswapMessage.Presence;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

class BitswapCodecTest {
    private static final int MAX_BLOCK = 2 << 20;
    private static final Cid CID =
            Cid.parse(Vectors.bitswap("HAVE").get("decoded").get("cid").asText());
    private static final byte[] DATA = "hello bitswap".getBytes(StandardCharsets.US_ASCII);

    private static byte[] frame(BitswapMessage message) {
        return bytes(BitswapCodec.frame(message, Dialect.V1_2));
    }

    private static byte[] bytes(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    private static BitswapMessage decode(byte[] message) {
        return BitswapCodec.decode(message, MAX_BLOCK);
    }

    private static BitswapMessage blocks(Block... blocks) {
        return new BitswapMessage(List.of(), false, List.of(blocks), List.of());
    }

    private static BitswapMessage presence(boolean have) {
        return new BitswapMessage(List.of(), false, List.of(), List.of(new Presence(CID, have)));
    }

    @Test
    void messagesWrittenAreThoseOfTheReference() {
        int max = Integer.MAX_VALUE;
        assertThat(frame(BitswapMessage.wants(List.of(new Want(CID, max, false, true, false)))))
                .isEqualTo(Vectors.bytes("want-have broadcast"));
        assertThat(frame(BitswapMessage.wants(List.of(new Want(CID, max, false, false, true)))))
                .isEqualTo(Vectors.bytes("want-block, send dont have"));
        assertThat(frame(BitswapMessage.wants(List.of(Want.cancel(CID))))).isEqualTo(Vectors.bytes("cancel"));
        assertThat(frame(
                        new BitswapMessage(List.of(new Want(CID, max, false, true, true)), true, List.of(), List.of())))
                .isEqualTo(Vectors.bytes("full wantlist with one want-have"));
        assertThat(frame(presence(true))).isEqualTo(Vectors.bytes("HAVE"));
        assertThat(frame(presence(false))).isEqualTo(Vectors.bytes("DONT_HAVE"));
        assertThat(frame(blocks(new Block(CidPrefix.of(CID), DATA)))).isEqualTo(Vectors.bytes("block"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "want-have broadcast",
                "want-block, send dont have",
                "HAVE",
                "DONT_HAVE",
                "block",
                "cancel",
                "full wantlist with one want-have"
            })
    void messagesOfTheReferenceStayTheSameWhenReadAndWritten(String name) {
        assertThat(frame(decode(Vectors.frame(name)))).isEqualTo(Vectors.bytes(name));
    }

    @Test
    void messagesOfARealSessionAreUnderstood() {
        for (byte[] message : Vectors.live("received")) {
            ByteBuffer again = BitswapCodec.frame(decode(message), Dialect.V1_2);
            byte[] withoutLength = new byte[message.length];
            again.position(again.limit() - message.length).get(withoutLength);
            assertThat(withoutLength).isEqualTo(message);
        }
        Want asked = decode(Vectors.live("sent").get(0)).wants().get(0);
        Block answer = decode(Vectors.live("received").get(0)).blocks().get(0);
        assertThat(answer.prefix().hash(answer.data())).isEqualTo(asked.cid().multihash());
    }

    @Test
    void aBlockHashesToItsCid() {
        Block block = decode(Vectors.frame("block")).blocks().get(0);
        assertThat(block.data()).isEqualTo(DATA);
        assertThat(block.prefix().hash(block.data())).isEqualTo(CID.multihash());
    }

    @Test
    void prefixesOfAllKindsOfCidsRoundTrip() {
        byte[] data = {1, 2, 3};
        Multihash sha = Multihash.sha256(data);
        Multihash cut = Multihash.of(
                Multihash.SHA2_512,
                Arrays.copyOf(Hashes.sum(Multihash.SHA2_512, data).digest(), 32));
        for (Cid cid : List.of(
                Cid.v0(sha),
                Cid.v1(Cid.RAW, sha),
                Cid.v1(0x0129, cut),
                Cid.v1(Cid.DAG_CBOR, Hashes.sum(0xb220, data)))) {
            CidPrefix prefix = CidPrefix.of(cid);
            assertThat(CidPrefix.parse(prefix.bytes())).isEqualTo(prefix);
            assertThat(prefix.hash(data)).isEqualTo(cid.multihash());
        }
    }

    @Test
    void prefixesThatProveNothingAreRefused() {
        byte[] data = {1, 2, 3};
        assertThatThrownBy(() ->
                        CidPrefix.of(Cid.v1(Cid.RAW, Multihash.identity(data))).hash(data))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CidPrefix(1, Cid.RAW, Multihash.SHA2_256, 8).hash(data))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CidPrefix(1, Cid.RAW, Multihash.SHA2_256, 33).hash(data))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CidPrefix(1, Cid.RAW, 0x7777, 32).hash(data))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void olderVersionsGetBlocksInTheirFormAndNoPresences() {
        BitswapMessage message = new BitswapMessage(
                List.of(), false, List.of(new Block(CidPrefix.V0, DATA)), List.of(new Presence(CID, true)));

        ByteBuffer old = BitswapCodec.frame(message, Dialect.V1_0);
        old.get();
        BitswapMessage read = decode(bytes(old));
        assertThat(read.presences()).isEmpty();
        assertThat(read.blocks()).singleElement().satisfies(block -> {
            assertThat(block.prefix()).isEqualTo(CidPrefix.V0);
            assertThat(block.data()).isEqualTo(DATA);
        });
        ByteBuffer newer = BitswapCodec.frame(message, Dialect.V1_1);
        newer.get();
        assertThat(decode(bytes(newer)).presences()).isEmpty();
    }

    @Test
    void wantsOfIdentityAndOverlongCidsAreSkipped() {
        Cid identity = Cid.v1(Cid.RAW, Multihash.identity(new byte[] {1}));
        Cid overlong = Cid.v1(Cid.RAW, Multihash.of(0x7777, new byte[200]));
        byte[] framed = frame(BitswapMessage.wants(List.of(
                new Want(identity, 1, false, false, true),
                new Want(overlong, 1, false, false, true),
                new Want(CID, 1, false, false, true))));

        assertThat(decode(Arrays.copyOfRange(framed, 2, framed.length)).wants())
                .extracting(Want::cid)
                .containsExactly(CID);
    }

    @Test
    void anEmptyCidAndALargeBlockAreProtocolErrors() {
        byte[] emptyCid = {0x0a, 0x04, 0x0a, 0x02, 0x0a, 0x00};
        assertThatThrownBy(() -> decode(emptyCid)).isInstanceOf(ProtocolException.class);
        byte[] block = Vectors.frame("block");
        assertThatThrownBy(() -> BitswapCodec.decode(block, DATA.length - 1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("limit " + (DATA.length - 1));
    }

    @Test
    void garbageNeverCausesAnythingButAProtocolError() {
        boolean longRun = Boolean.getBoolean("pinion.long");
        long seed = longRun ? System.nanoTime() : 11;
        Random random = new Random(seed);
        List<byte[]> valid = List.of(Vectors.frame("block"), Vectors.frame("full wantlist with one want-have"));
        for (int i = 0; i < (longRun ? 1_000_000 : 30_000); i++) {
            byte[] broken;
            if (i % 3 == 0) {
                broken = new byte[random.nextInt(64)];
                random.nextBytes(broken);
            } else {
                broken = valid.get(i % 2).clone();
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                decode(broken);
            } catch (ProtocolException e) {
                assertThat(e.action()).as("seed %d", seed).isEqualTo(ProtocolException.Action.RESET_STREAM);
            }
        }
    }

    @Test
    void aMessageOfVeryManyEmptyElementsIsRefused() {
        byte[] many = new byte[2 * (BitswapCodec.MAX_ELEMENTS + 1)];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = 0x12;
        }
        assertThatThrownBy(() -> decode(many))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(String.valueOf(BitswapCodec.MAX_ELEMENTS));
    }
}
