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
package org.pinion.itests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sharded content, added by either kind of peer. */
@ExtendWith(SharedCluster.class)
class ShardedAddTest {
    private static final String BOUNDARY = "boundary-of-a-test";

    @Test
    void bothKindsMakeTheSameShardsAndReadEachOthers() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("dir/a.bin", random(1, 1_500_000));
        files.put("dir/b.bin", random(2, 700_000));
        files.put("dir/small.txt", "small".getBytes(StandardCharsets.UTF_8));
        List<List<String>> shapes = new ArrayList<>();
        for (Member writer : SharedCluster.oneOfEach()) {
            List<JsonNode> lines = add(
                    writer,
                    files,
                    "shard=true&shard-size=600000&name=bla&replication-min=2&replication-max=2&meta-k=v");
            shapes.add(lines.stream()
                    .map(line -> line.path("name").asText() + " " + line.path("cid") + " " + line.path("size"))
                    .toList());
            String root = cidOf(lines, "dir");
            Map<String, JsonNode> pins =
                    SharedCluster.cluster().awaitSamePinsets(shards(lines).size() + 2, SharedCluster.all());
            pinsReferToEachOther(pins, lines, root);
            everythingIsWhereItBelongs(pins, root);
            for (String name : files.keySet()) {
                String text = SharedCluster.kubo(1).ipfs("cat", root + name.substring(3));
                assertThat(text.length()).isEqualTo(new String(files.get(name), StandardCharsets.UTF_8).length());
            }
            unpin(SharedCluster.other(writer), root, pins.keySet());
        }
        assertThat(shapes.get(1)).isEqualTo(shapes.get(0)).hasSizeGreaterThan(8);
    }

    private static void pinsReferToEachOther(Map<String, JsonNode> pins, List<JsonNode> lines, String root) {
        String before = null;
        List<String> shards = shards(lines);
        for (int i = 0; i < shards.size(); i++) {
            JsonNode pin = pins.get(shards.get(i));
            assertThat(pin.path("type").asText()).isEqualTo("shard-pin");
            assertThat(pin.path("name").asText()).isEqualTo("bla-shard-" + i);
            assertThat(pin.path("max_depth").asInt()).isEqualTo(1);
            assertThat(pin.path("shard_size").asLong()).isBetween(1L, 600_000L);
            assertThat(pin.path("allocations")).hasSize(2);
            assertThat(pin.path("metadata").path("k").asText()).isEqualTo("v");
            assertThat(pin.path("reference").textValue()).isEqualTo(before);
            before = shards.get(i);
        }
        String dag = cidOf(lines, "bla-clusterDAG");
        JsonNode dagPin = pins.get(dag);
        assertThat(dagPin.path("type").asText()).isEqualTo("clusterdag-pin");
        assertThat(dagPin.path("max_depth").asInt()).isZero();
        assertThat(dagPin.path("replication_factor_min").asInt()).isEqualTo(-1);
        assertThat(dagPin.path("reference").asText()).isEqualTo(root);
        JsonNode meta = pins.get(root);
        assertThat(meta.path("type").asText()).isEqualTo("meta-pin");
        assertThat(meta.path("name").asText()).isEqualTo("bla");
        assertThat(meta.path("reference").asText()).isEqualTo(dag);
        assertThat(meta.path("allocations")).isEmpty();
    }

    private static void everythingIsWhereItBelongs(Map<String, JsonNode> pins, String root) {
        // a meta pin names no peers: with factors of its own it counts as somewhere else, as in the reference
        SharedCluster.cluster().awaitStatus(root, SharedCluster.all(), SharedCluster.all(), "remote");
        pins.forEach((cid, pin) -> {
            switch (pin.path("type").asText()) {
                case "clusterdag-pin" -> SharedCluster.cluster().awaitPinnedEverywhere(cid);
                case "shard-pin" -> {
                    List<Member> on = SharedCluster.allocated(pin);
                    List<Member> elsewhere = new ArrayList<>(SharedCluster.all());
                    elsewhere.removeAll(on);
                    SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), on, "pinned");
                    SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), elsewhere, "remote");
                }
                default -> assertThat(cid).isEqualTo(root);
            }
        });
    }

    @Test
    void blocksOfShardsStreamToPeersOfTheOtherKindOnly() throws Exception {
        Map<String, byte[]> files = Map.of("f.bin", random(3, 900_000));
        for (Member writer : SharedCluster.oneOfEach()) {
            Member target = SharedCluster.other(writer);
            List<JsonNode> lines = add(
                    writer, files, "shard=true&shard-size=400000&name=s&replication=1&user-allocations=" + target.id());
            for (JsonNode line : lines) {
                if (line.path("name").asText().startsWith("shard-")) {
                    assertThat(line.path("allocations")).hasSize(1);
                    assertThat(line.path("allocations").get(0).asText()).isEqualTo(target.id());
                }
            }
            String root = cidOf(lines, "f.bin");
            Map<String, JsonNode> pins =
                    SharedCluster.cluster().awaitSamePinsets(shards(lines).size() + 2, SharedCluster.all());
            everythingIsWhereItBelongs(pins, root);
            for (String shard : shards(lines)) {
                assertThat(SharedCluster.kubo(1).has(shard))
                        .isEqualTo(target.name().equals("go-1"));
            }
            unpin(writer, root, pins.keySet());
        }
    }

    @Test
    void shardsForEverywhereShowAsSharded() throws Exception {
        for (Member writer : SharedCluster.oneOfEach()) {
            Map<String, byte[]> files =
                    Map.of("f.txt", ("everywhere by " + writer.name()).getBytes(StandardCharsets.UTF_8));
            List<JsonNode> lines = add(writer, files, "shard=true&shard-size=1000000");
            String root = cidOf(lines, "f.txt");
            Map<String, JsonNode> pins = SharedCluster.cluster().awaitSamePinsets(3, SharedCluster.all());
            SharedCluster.cluster().awaitStatus(root, SharedCluster.all(), SharedCluster.all(), "sharded");
            SharedCluster.cluster().awaitPinnedEverywhere(shards(lines).get(0));
            SharedCluster.cluster().awaitPinnedEverywhere(cidOf(lines, "-clusterDAG"));
            unpin(SharedCluster.other(writer), root, pins.keySet());
        }
    }

    @Test
    void shardOfThousandsOfBlocksIsHeldWhole() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 6_100; i++) {
            files.put("d/" + i, ("number " + i).getBytes(StandardCharsets.UTF_8));
        }
        List<String> dags = new ArrayList<>();
        for (Member writer : SharedCluster.oneOfEach()) {
            Member target = SharedCluster.our(1);
            List<JsonNode> lines = add(
                    writer,
                    files,
                    "shard=true&shard-size=10000000&name=n&replication=1&user-allocations=" + target.id());
            String root = cidOf(lines, "d");
            dags.add(cidOf(lines, "n-clusterDAG"));
            Map<String, JsonNode> pins = SharedCluster.cluster().awaitSamePinsets(3, SharedCluster.all());
            everythingIsWhereItBelongs(pins, root);
            assertThat(target.post("/ipfs/gc?local=true").status()).isEqualTo(200);
            assertThat(SharedCluster.kubo(0).ipfs("cat", root + "/6099")).isEqualTo("number 6099");
            unpin(writer, root, pins.keySet());
        }
        assertThat(dags.get(1)).isEqualTo(dags.get(0));
    }

    private static void unpin(Member by, String root, Set<String> all) throws Exception {
        assertThat(by.delete("/pins/" + root).status()).isEqualTo(200);
        all.forEach(SharedCluster.cluster()::awaitGone);
    }

    private static String cidOf(List<JsonNode> lines, String name) {
        return lines.stream()
                .filter(line -> line.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + lines))
                .path("cid")
                .asText();
    }

    private static List<String> shards(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.path("name").asText().startsWith("shard-"))
                .map(line -> line.path("cid").asText())
                .toList();
    }

    private static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Adds files with one request; the lines of the answer. */
    private static List<JsonNode> add(Member peer, Map<String, byte[]> files, String query) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create("http://127.0.0.1:" + peer.apiPort() + "/add?" + query)
                        .toURL()
                        .openConnection();
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(0);
        connection.setReadTimeout((int) MixedCluster.LIMIT.toMillis());
        connection.setRequestProperty("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
        try (OutputStream out = connection.getOutputStream()) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                        + file.getKey() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
                out.write(head.getBytes(StandardCharsets.UTF_8));
                out.write(file.getValue());
                out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            }
            out.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = connection.getInputStream()) {
            return Member.JSON
                    .readerFor(JsonNode.class)
                    .<JsonNode>readValues(in)
                    .readAll();
        }
    }
}
