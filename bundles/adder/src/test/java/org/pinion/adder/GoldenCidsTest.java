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
package org.pinion.adder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;

/** The whole way through the adder gives the CIDs that Kubo gives. */
class GoldenCidsTest {
    private static JsonNode vectors;

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in = GoldenCidsTest.class.getResourceAsStream("/org/pinion/adder/add-cids.json")) {
            vectors = new ObjectMapper().readTree(in);
        }
    }

    @TestFactory
    Stream<DynamicTest> filesHaveTheCidsOfKubo() {
        return rows("files").map(row -> {
            int size = row.get("size").asInt();
            Source source = new Source().file("file-" + size, Source.content("file", size));
            return check(size + " bytes", row, source);
        });
    }

    @TestFactory
    Stream<DynamicTest> foldersHaveTheCidsOfKubo() {
        return rows("folders").map(row -> {
            String name = row.get("name").asText();
            return check(name, row, folder(name, row));
        });
    }

    private static DynamicTest check(String what, JsonNode row, Source source) {
        List<String> options = new ArrayList<>();
        row.get("options").forEach(option -> options.add(option.asText()));
        return DynamicTest.dynamicTest(what + " " + options, () -> {
            try (TestCluster cluster = new TestCluster()) {
                cluster.store(cluster.other);
                List<Added> lines = new ArrayList<>();
                Cid root = cluster.adder.add(source, params(options), lines::add);
                assertThat(root).hasToString(row.get("cid").asText());
                assertThat(lines.get(lines.size() - 1).cid()).isEqualTo(root);
                assertThat(cluster.pins)
                        .singleElement()
                        .satisfies(pin -> assertThat(pin.cid()).isEqualTo(root));
                var blocks = cluster.store(cluster.other).blocks;
                assertThat(blocks).hasSameSizeAs(cluster.store(cluster.self).blocks);
                if (root.multihash().code() != Multihash.IDENTITY) {
                    assertThat(blocks).containsKey(root);
                }
            }
        });
    }

    private static Source folder(String name, JsonNode row) {
        Source source = new Source().folder(name);
        switch (name) {
            case "files2000" -> numbered(source, name + "/f%04d", 2000, 1000);
            case "files10000long" ->
                numbered(source, name + "/a-rather-long-file-name-for-a-directory-%05d", 10000, 10);
            default -> row.get("entries").forEach(entry -> entry(source, name, entry, row));
        }
        return source;
    }

    private static void numbered(Source source, String pattern, int count, int size) {
        for (int i = 0; i < count; i++) {
            String path = String.format(pattern, i);
            source.file(path, Source.content(path.substring(path.indexOf('/') + 1), size));
        }
    }

    private static void entry(Source source, String folder, JsonNode entry, JsonNode row) {
        String path = entry.get("path").asText();
        String full = folder + "/" + path;
        if (path.startsWith(".") && !row.get("options").toString().contains("-H")) {
            return; // clients leave hidden files out
        }
        if (entry.has("symlink")) {
            source.link(full, entry.get("symlink").asText());
        } else if (entry.has("dir")) {
            source.folder(full);
        } else {
            source.file(
                    full,
                    Source.content(entry.get("seed").asText(), entry.get("size").asInt()));
        }
    }

    /** What clients make of these options: version 1 brings raw leaves unless they say otherwise. */
    private static AddParams params(List<String> options) {
        Params params = new Params();
        for (String option : options) {
            String value = option.substring(option.indexOf('=') + 1);
            switch (option.split("=")[0]) {
                case "--cid-version" -> {
                    params.cidVersion = 1;
                    params.rawLeaves = true;
                }
                case "--hash" -> {
                    params.hash = value;
                    params.cidVersion = 1;
                    params.rawLeaves = true;
                }
                case "--raw-leaves" -> params.rawLeaves = !value.equals("false");
                case "--trickle" -> params.layout = "trickle";
                case "--chunker" -> params.chunker = value;
                case "--inline" -> params.inlineLimitBytes = 32;
                case "-w" -> params.wrap = true;
                case "-H" -> {}
                default -> throw new AssertionError("unknown option " + option);
            }
        }
        return params.get();
    }

    private static Stream<JsonNode> rows(String section) {
        return StreamSupport.stream(vectors.get(section).spliterator(), false);
    }
}
