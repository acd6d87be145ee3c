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
package org.pinion.consensus.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/** Whatever bytes come from the network, a decoder gives a value or says that they are bad, and nothing else. */
class CodecFuzzTest {
    private static final boolean LONG = Boolean.getBoolean("pinion.long");
    private static final int ROUNDS = LONG ? 500_000 : 15_000;
    private static final Multihash ANY = Multihash.sha256(new byte[0]);

    private final long seed = LONG ? System.nanoTime() : 20_261_122;
    private final Random random = new Random(seed);

    @Test
    void messagesOfHeads() {
        fuzz(this::message, HeadsMessage::decode);
    }

    @Test
    void deltas() {
        fuzz(this::delta, bytes -> {
            Delta read = DeltaCodec.decode(bytes);
            assertThat(DeltaCodec.decode(DeltaCodec.encode(read))).isEqualTo(read);
            read.tombstones().forEach(Delta.Element::block);
            read.elements().forEach(element -> SetKey.of(element.key()).cid());
            return read;
        });
    }

    @Test
    void nodes() {
        fuzz(() -> DagNode.create(cids(), DeltaCodec.decode(delta())).bytes(), bytes -> {
            DagNode read = DagNode.parse(ANY, bytes);
            assertThat(read.parents()).allMatch(HeadsMessage::canBeHead);
            return read;
        });
    }

    @Test
    void lengthsThatLieCostNoMemory() {
        // a string of 2 GB, a message of 4 GB, an element of -1 bytes
        for (String hex : List.of("0aff ffff ff07", "0affffffff0f", "0a0a0affffffffffffffffff01", "120212ff", "1a")) {
            byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
            for (Function<byte[], ?> decoder : List.<Function<byte[], ?>>of(
                    HeadsMessage::decode, DeltaCodec::decode, any -> DagNode.parse(ANY, any))) {
                assertThat(failure(decoder, bytes)).as(hex).isNotNull();
            }
        }
    }

    @Test
    void aMillionEntriesOrLinksAreRefused() {
        byte[] elements = new byte[2_000_000];
        for (int i = 0; i < elements.length; i += 2) {
            elements[i] = 0x0a;
        }
        assertThat(failure(DeltaCodec::decode, elements)).hasMessageContaining("more than " + DeltaCodec.MAX_ENTRIES);
        for (int i = 0; i < elements.length; i += 2) {
            elements[i] = 0x12;
        }
        assertThat(failure(DeltaCodec::decode, elements)).hasMessageContaining("more than " + DeltaCodec.MAX_ENTRIES);

        List<Cid> parents = new ArrayList<>();
        for (int i = 0; i <= DagNode.MAX_PARENTS; i++) {
            parents.add(DagNode.cidOf(Multihash.sha256(new byte[] {(byte) i, (byte) (i >> 8)})));
        }
        byte[] node =
                DagNode.create(parents, new Delta(List.of(), List.of(), 1)).bytes();
        assertThat(failure(any -> DagNode.parse(ANY, any), node))
                .hasMessageContaining("the limit is " + DagNode.MAX_PARENTS);
    }

    private static IllegalArgumentException failure(Function<byte[], ?> decoder, byte[] bytes) {
        try {
            decoder.apply(bytes);
            return null;
        } catch (IllegalArgumentException bad) {
            return bad;
        }
    }

    private void fuzz(java.util.function.Supplier<byte[]> good, Function<byte[], ?> decoder) {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = good.get();
            for (int i = random.nextInt(4); i > 0; i--) {
                bytes = damage(bytes);
            }
            try {
                decoder.apply(bytes);
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ": "
                                + java.util.HexFormat.of().formatHex(bytes),
                        e);
            }
        }
    }

    private byte[] damage(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        byte[] copy = bytes.clone();
        int at = random.nextInt(copy.length);
        switch (random.nextInt(5)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) random.nextInt(256);
            case 2 -> copy = Arrays.copyOf(copy, at);
            case 3 -> {
                byte[] longer = Arrays.copyOf(copy, copy.length + random.nextInt(20));
                System.arraycopy(copy, at, longer, longer.length - (copy.length - at), copy.length - at);
                copy = longer;
            }
            default -> Arrays.fill(copy, at, Math.min(copy.length, at + 5), (byte) 0xff);
        }
        return copy;
    }

    private byte[] message() {
        return random.nextInt(10) == 0 ? cids().get(0).bytes() : HeadsMessage.encode(cids());
    }

    private List<Cid> cids() {
        List<Cid> cids = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            cids.add(DagNode.cidOf(Multihash.sha256(new byte[] {(byte) random.nextInt(50)})));
        }
        return cids;
    }

    private byte[] delta() {
        List<Delta.Element> elements = new ArrayList<>();
        List<Delta.Element> tombstones = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            SetKey key = SetKey.of(DagNode.cidOf(Multihash.sha256(new byte[] {(byte) i})));
            elements.add(Delta.Element.put(key, "value".repeat(i).getBytes(StandardCharsets.UTF_8)));
            tombstones.add(Delta.Element.tombstone(key, ANY));
        }
        return DeltaCodec.encode(new Delta(elements, tombstones, random.nextLong()));
    }
}
