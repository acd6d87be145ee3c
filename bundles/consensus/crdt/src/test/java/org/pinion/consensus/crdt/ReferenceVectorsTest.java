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

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pinion.ipld.multiformats.Cid;

/** Bytes and outcomes of the reference. */
class ReferenceVectorsTest {
    @Test
    void fiveStepsOfAPeerGiveTheReferencesBytes() {
        TestReplica peer = new TestReplica();
        List<String> steps = new ArrayList<>();
        for (JsonNode vector : Vectors.group("crdt")) {
            JsonNode decoded = vector.get("decoded");
            if (!decoded.has("datastore_after")) {
                continue;
            }
            steps.add(vector.get("name").asText());
            Map<String, byte[]> operations = new LinkedHashMap<>();
            decoded.get("elements").forEach(e -> operations.put(e.get("key").asText(), Vectors.hex(e.get("value"))));
            decoded.get("tombstones").forEach(t -> operations.put(t.get("key").asText(), null));

            List<Cid> nodes = peer.commit(operations);

            assertThat(nodes)
                    .extracting(Cid::toString)
                    .containsExactly(decoded.get("cid").asText());
            assertThat(peer.block(nodes.get(0))).isEqualTo(Vectors.hex(vector.get("hex")));
            assertThat(HeadsMessage.encode(nodes)).isEqualTo(Vectors.hex(decoded.get("broadcast_message")));
            assertThat(peer.replica.heads().cids()).isEqualTo(nodes);
            DagNode node = DagNode.parse(nodes.get(0).multihash(), Vectors.hex(vector.get("hex")));
            assertThat(DeltaCodec.encode(node.delta())).isEqualTo(Vectors.hex(decoded.get("delta_protobuf")));
            TreeMap<String, String> expected = new TreeMap<>();
            decoded.get("datastore_after")
                    .forEach(row -> expected.put(
                            row.get("key").asText(), row.get("value").asText()));
            assertThat(peer.asReferenceKeys()).isEqualTo(expected);
        }
        assertThat(steps).hasSize(5);
        assertThat(peer.pinList()).hasSize(1);
    }

    @Test
    void aNodeWithTwoLinksAndAnEmptyDeltaIsReadAndWritten() {
        JsonNode vector = named("dag-pb node, empty delta");
        byte[] bytes = Vectors.hex(vector.get("hex"));
        Cid cid = Cid.parse(vector.get("decoded").get("cid").asText());

        DagNode node = DagNode.parse(cid.multihash(), bytes);

        assertThat(node.parents())
                .extracting(Cid::toString)
                .containsExactly(
                        vector.get("decoded").get("links").get(0).asText(),
                        vector.get("decoded").get("links").get(1).asText());
        assertThat(node.delta().isEmpty()).isTrue();
        assertThat(node.delta().priority()).isEqualTo(7);
        assertThat(DagNode.create(node.parents(), node.delta()).bytes()).isEqualTo(bytes);
        assertThat(DagNode.create(node.parents(), node.delta()).cid()).isEqualTo(cid);
    }

    @Test
    void aBroadcastOfTwoHeadsIsReadAndWritten() {
        JsonNode vector = named("broadcast of two heads");
        List<Cid> heads = new ArrayList<>();
        vector.get("decoded").forEach(head -> heads.add(Cid.parse(head.asText())));

        assertThat(HeadsMessage.encode(heads)).isEqualTo(Vectors.hex(vector.get("hex")));
        assertThat(HeadsMessage.decode(Vectors.hex(vector.get("hex")))).isEqualTo(heads);
    }

    @Test
    void keysArePackedAndUnpackedWithoutLoss() {
        for (JsonNode vector : Vectors.group("datastore-keys")) {
            JsonNode decoded = vector.get("decoded");
            if (!decoded.isObject()) {
                continue;
            }
            Cid cid = Cid.ofBytes(Vectors.hex(vector.get("hex")));
            SetKey key = SetKey.of(cid);
            assertThat(key.text())
                    .isEqualTo(decoded.get("state_key (base32 of whole cid)").asText());
            assertThat(SetKey.of(key.text())).isEqualTo(key);
            assertThat(SetKey.of(key.text()).cid()).isEqualTo(cid);
            assertThat(Delta.Element.tombstone(key, cid.multihash()).id())
                    .isEqualTo(decoded.get("block/element key (base32 of multihash)")
                            .asText());
        }
    }

    @TestFactory
    Stream<DynamicTest> everyMergeScenarioEndsAsInTheReference() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode scenario : Vectors.group("crdt-merge")) {
            for (JsonNode run : scenario.get("decoded").get("runs")) {
                String name = scenario.get("name").asText() + " " + run.get("broadcasts_in_order");
                tests.add(DynamicTest.dynamicTest(name, () -> {
                    for (int seed = 0; seed < 8; seed++) {
                        replay(scenario.get("decoded").get("nodes"), run, new Random(seed));
                    }
                }));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(8);
        return tests.stream();
    }

    private static void replay(JsonNode nodes, JsonNode run, Random random) {
        Map<String, Cid> byName = new HashMap<>();
        Map<Cid, byte[]> blocks = new HashMap<>();
        for (JsonNode node : nodes) {
            Cid cid = Cid.parse(node.get("cid").asText());
            byName.put(node.get("name").asText(), cid);
            blocks.put(cid, Vectors.hex(node.get("block")));
        }
        TestReplica peer = new TestReplica();
        for (JsonNode broadcast : run.get("broadcasts_in_order")) {
            List<Cid> heads = new ArrayList<>();
            broadcast.forEach(name -> heads.add(byName.get(name.asText())));
            peer.hear(heads, blocks::get, random);
        }
        List<String> state = new ArrayList<>();
        peer.values().forEach((key, value) -> state.add(key + "=" + value));
        List<String> expected = new ArrayList<>();
        run.get("final_state").forEach(value -> expected.add(value.asText()));
        List<Cid> heads = new ArrayList<>();
        run.get("heads_after").forEach(name -> heads.add(byName.get(name.asText())));
        assertThat(state).isEqualTo(expected);
        assertThat(peer.replica.heads().cids()).containsExactlyInAnyOrderElementsOf(heads);
        assertThat(peer.replica.heads().maxHeight())
                .isEqualTo(run.get("max_height").asLong());
    }

    private static JsonNode named(String start) {
        for (JsonNode vector : Vectors.group("crdt")) {
            if (vector.get("name").asText().startsWith(start)) {
                return vector;
            }
        }
        throw new AssertionError("no vector " + start);
    }

    @Test
    void aLegacyMessageOfOneCidIsUnderstood() {
        Cid head = Cid.parse("bafybeigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");

        assertThat(HeadsMessage.decode(head.bytes())).containsExactly(head);
    }

    @Test
    void whatCanNeverBeAHeadIsLeftOut() {
        Cid raw = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");

        assertThat(HeadsMessage.decode(raw.bytes())).isEmpty();
        assertThat(HeadsMessage.decode(HeadsMessage.encode(List.of(raw)))).isEmpty();
    }

    @Test
    void garbageIsRefusedAsABadMessageAndNothingElse() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = 0x0a;
            }
            for (Runnable decoder : List.<Runnable>of(
                    () -> HeadsMessage.decode(bytes),
                    () -> DeltaCodec.decode(bytes),
                    () -> DagNode.parse(
                            Cid.parse("bafybeigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")
                                    .multihash(),
                            bytes))) {
                try {
                    decoder.run();
                } catch (IllegalArgumentException expected) {
                    assertThat(expected).isNotNull();
                }
            }
        }
    }

    @Test
    void theTopicIsNamedAfterTheCluster() {
        assertThat(TopicName.of("ipfs-cluster")).isEqualTo("fzhnp2UwTBkgNabrJi1VanzwgN");
    }
}
