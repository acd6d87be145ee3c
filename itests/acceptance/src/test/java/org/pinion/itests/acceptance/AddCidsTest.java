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
package org.pinion.itests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** What a running peer makes of content has the CIDs that Kubo gives, and is pinned. */
class AddCidsTest {
    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static JsonNode vectors;

    @BeforeAll
    static void startOnePeer() throws IOException {
        try (InputStream in = AddCidsTest.class.getResourceAsStream("add-cids.json")) {
            vectors = new ObjectMapper().readTree(in);
        }
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(TestCluster.SECRET, json -> {})
                .start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    @TestFactory
    Stream<DynamicTest> filesHaveTheCidsOfKubo() {
        return rows("files").map(row -> {
            int size = row.get("size").asInt();
            return check(
                    size + " bytes",
                    row,
                    AddRequest.file(
                            "file-" + size, AddRequest.content(row.get("seed").asText(), size)));
        });
    }

    @TestFactory
    Stream<DynamicTest> foldersHaveTheCidsOfKubo() {
        return rows("folders").map(row -> check(row.get("name").asText(), row, out -> folder(out, row)));
    }

    private static Stream<JsonNode> rows(String section) {
        return StreamSupport.stream(vectors.get(section).spliterator(), false);
    }

    private static DynamicTest check(String what, JsonNode row, AddRequest.Body body) {
        return DynamicTest.dynamicTest(what + " " + row.get("options"), () -> {
            String query = query(row) + "name=" + what.replace(' ', '+');
            AddRequest.Answer streamed = AddRequest.send(peer.apiPort(), query, body);
            assertThat(streamed.status()).isEqualTo(200);
            assertThat(streamed.trailers()).isEmpty();
            assertThat(streamed.headers())
                    .containsEntry("x-chunked-output", "1")
                    .containsEntry("connection", "close");
            List<JsonNode> lines = streamed.lines();
            assertThat(lines.get(lines.size() - 1).path("cid").asText())
                    .isEqualTo(row.get("cid").asText());
            assertThat(peer.get("/allocations/" + row.get("cid").asText()).status())
                    .isEqualTo(200);

            AddRequest.Answer array = AddRequest.send(peer.apiPort(), query + "&stream-channels=false", body);
            List<JsonNode> same = new ArrayList<>();
            new ObjectMapper().readTree(array.body()).forEach(same::add);
            assertThat(same).isEqualTo(lines);
        });
    }

    private static String query(JsonNode row) {
        StringBuilder query = new StringBuilder();
        for (JsonNode option : row.get("options")) {
            String text = option.asText().replaceFirst("^--", "");
            query.append(
                            switch (text.split("=")[0]) {
                                case "trickle" -> "layout=trickle";
                                case "-w" -> "wrap-with-directory=true";
                                case "-H" -> "hidden=true";
                                // Kubo raises the version by itself, this API does not
                                case "hash" -> text + "&cid-version=1";
                                case "cid-version", "chunker" -> text;
                                case "raw-leaves", "inline" -> text.contains("=") ? text : text + "=true";
                                default -> throw new AssertionError("unknown option " + text);
                            })
                    .append('&');
        }
        return query.toString();
    }

    private static void folder(OutputStream out, JsonNode row) throws IOException {
        String name = row.get("name").asText();
        AddRequest.part(out, name, "application/x-directory");
        out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        switch (name) {
            case "files2000" -> numbered(out, name, "f%04d", 2000, 1000);
            case "files10000long" -> numbered(out, name, "a-rather-long-file-name-for-a-directory-%05d", 10_000, 10);
            default -> {
                for (JsonNode entry : row.get("entries")) {
                    entry(out, name, entry, row);
                }
            }
        }
        AddRequest.end(out);
    }

    private static void numbered(OutputStream out, String folder, String pattern, int count, int size)
            throws IOException {
        for (int i = 0; i < count; i++) {
            String file = String.format(pattern, i);
            AddRequest.file(out, folder + "/" + file, AddRequest.content(file, size));
        }
    }

    private static void entry(OutputStream out, String folder, JsonNode entry, JsonNode row) throws IOException {
        String path = entry.get("path").asText();
        if (path.startsWith(".") && !row.get("options").toString().contains("-H")) {
            return; // clients leave hidden files out
        }
        String full = folder + "/" + path;
        if (entry.has("symlink")) {
            AddRequest.part(out, full, "application/symlink");
            out.write((entry.get("symlink").asText() + "\r\n").getBytes(StandardCharsets.UTF_8));
        } else if (entry.has("dir")) {
            AddRequest.part(out, full, "application/x-directory");
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        } else {
            AddRequest.file(
                    out,
                    full,
                    AddRequest.content(
                            entry.get("seed").asText(), entry.get("size").asInt()));
        }
    }

    @Test
    void everyRootOfSeveralIsPinned() throws Exception {
        AddRequest.Answer answer = AddRequest.send(peer.apiPort(), "name=several", out -> {
            AddRequest.file(out, "one", "one".getBytes(StandardCharsets.UTF_8));
            AddRequest.file(out, "dir/two", "two".getBytes(StandardCharsets.UTF_8));
            AddRequest.file(out, "three", "three".getBytes(StandardCharsets.UTF_8));
            AddRequest.end(out);
        });
        List<JsonNode> lines = answer.lines();
        assertThat(lines.stream().map(line -> line.path("name").asText()))
                .containsExactly("one", "dir/two", "dir", "three");
        for (int i : new int[] {0, 2, 3}) {
            assertThat(peer.get("/allocations/" + lines.get(i).path("cid").asText())
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shardedContentIsPinnedShownAndUnpinnedAsAWhole() throws Exception {
        String x = "x".repeat(300_000) + "y".repeat(300_000);
        AddRequest.Answer answer = AddRequest.send(
                peer.apiPort(),
                "shard=true&shard-size=300000&name=bla",
                AddRequest.file("f.txt", x.getBytes(StandardCharsets.UTF_8)));
        assertThat(answer.lines().stream()
                        .map(line -> line.path("name").asText() + " "
                                + line.path("cid").asText() + " "
                                + line.path("size").asText()))
                .containsExactly(
                        "shard-0 bafyreiea44lxlcxym7zk4i7lhaawwq4cnzjkjgztmgzq7fgoutwtw2mohu 262158",
                        "shard-1 bafyreiastwyfl346js5qtr6xnkmwhqejjluw5mlmqvhyuhsxu55uiczegu 262158",
                        "f.txt QmeXGTH2xc8Srm4j9FDK6K2abpQAo6C7KkPoFu73Xq8egm 600194",
                        "shard-2 bafyreiezsyachonq76s67oojgu6mlyd2d5tslmjhhn4nirgmy6i5n5x7cu 75976",
                        "bla-clusterDAG bafyreicnic4r5mu777sr4bunykf6r47f5etdrc5no2coal5jm5snm7rzjm 600292");
        String root = "QmeXGTH2xc8Srm4j9FDK6K2abpQAo6C7KkPoFu73Xq8egm";
        assertThat(peer.get("/pins/" + root).body()).contains("\"status\":\"sharded\"");
        assertThat(peer.get("/allocations?filter=shard-pin").body()).hasLineCount(3);
        assertThat(peer.delete("/pins/" + answer.lines().get(0).path("cid").asText())
                        .body())
                .contains("cannot unpin a shard directly");
        assertThat(peer.delete("/pins/" + root).status()).isEqualTo(200);
        assertThat(peer.get("/allocations?filter=shard-pin,clusterdag-pin,meta-pin")
                        .status())
                .isEqualTo(204);
    }
}
