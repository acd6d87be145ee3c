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
package org.pinion.ipld.dag.unixfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.Content;
import org.pinion.ipld.dag.DagRoot;

/** Every recorded CID of Kubo must come out. */
class AddVectorsTest {
    private static final int LARGEST = 48_234_496;

    private static JsonNode vectors;
    private static byte[] content;

    private long lastCumulativeBytes;
    private final BlockSink sink = (block, cumulativeBytes) -> lastCumulativeBytes = cumulativeBytes;

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in = AddVectorsTest.class.getResourceAsStream("/org/pinion/ipld/dag/add-cids.json")) {
            vectors = new ObjectMapper().readTree(in);
        }
        content = Content.of("file", LARGEST);
    }

    @TestFactory
    Stream<DynamicTest> filesHaveTheCidsOfKubo() {
        return rows("files").map(row -> {
            int size = row.get("size").asInt();
            List<String> options = options(row);
            return DynamicTest.dynamicTest(size + " " + options, () -> {
                DagRoot root =
                        FileImporter.addFile(new ByteArrayInputStream(content, 0, size), importOptions(options), sink);
                assertThat(root.contentBytes()).isEqualTo(size);
                if (options.contains("-w")) {
                    DirectoryBuilder wrapper = new DirectoryBuilder(importOptions(options));
                    wrapper.put("file-" + size, root);
                    root = wrapper.build(sink);
                }
                assertThat(root.cid()).hasToString(row.get("cid").asText());
                if (!options.contains("--inline")) {
                    assertThat(lastCumulativeBytes).isEqualTo(root.cumulativeBytes());
                }
            });
        });
    }

    @TestFactory
    Stream<DynamicTest> foldersHaveTheCidsOfKubo() {
        return rows("folders").map(row -> {
            String name = row.get("name").asText();
            List<String> options = options(row);
            return DynamicTest.dynamicTest(name + " " + options, () -> {
                DirectoryTree tree = new DirectoryTree(importOptions(options));
                tree.putDirectory(name);
                addEntries(tree, row, options);
                List<String> made = new ArrayList<>();
                DagRoot[] folder = new DagRoot[1];
                DagRoot root = tree.build(sink, (path, directory) -> {
                    made.add(path);
                    folder[0] = path.equals(name) ? directory : folder[0];
                });
                assertThat(made).endsWith(name, "");
                assertThat(options.contains("-w") ? root.cid() : folder[0].cid())
                        .hasToString(row.get("cid").asText());
            });
        });
    }

    private void addEntries(DirectoryTree tree, JsonNode row, List<String> options) throws IOException {
        String name = row.get("name").asText();
        switch (name) {
            case "files2000" -> addNumbered(tree, name, new Numbered("f%04d", 2000, 1000), options);
            case "files10000long" ->
                addNumbered(
                        tree, name, new Numbered("a-rather-long-file-name-for-a-directory-%05d", 10000, 10), options);
            default -> {
                for (JsonNode entry : row.get("entries")) {
                    addEntry(tree, name, entry, options);
                }
            }
        }
    }

    private record Numbered(String pattern, int count, int size) {}

    private void addNumbered(DirectoryTree tree, String folder, Numbered files, List<String> options)
            throws IOException {
        for (int i = 0; i < files.count(); i++) {
            String file = String.format(files.pattern(), i);
            tree.put(folder + "/" + file, add(file, files.size(), options));
        }
    }

    private void addEntry(DirectoryTree tree, String folder, JsonNode entry, List<String> options) throws IOException {
        String path = entry.get("path").asText();
        if (path.startsWith(".") && !options.contains("-H")) {
            return;
        }
        String full = folder + "/" + path;
        if (entry.has("symlink")) {
            String target = entry.get("symlink").asText();
            tree.put(full, FileImporter.addSymlink(target, importOptions(options), sink));
        } else if (entry.has("dir")) {
            tree.putDirectory(full);
        } else {
            tree.put(full, add(entry.get("seed").asText(), entry.get("size").asInt(), options));
        }
    }

    private DagRoot add(String seed, int size, List<String> options) throws IOException {
        return FileImporter.addFile(new ByteArrayInputStream(Content.of(seed, size)), importOptions(options), sink);
    }

    /** What Kubo's command line makes of its options. */
    private static ImportOptions importOptions(List<String> options) {
        ImportOptions made = ImportOptions.DEFAULT;
        for (String option : options) {
            String value = option.substring(option.indexOf('=') + 1);
            made = switch (option.split("=")[0]) {
                case "--cid-version" -> made.withCids(1, made.hash()).withRawLeaves(true);
                case "--hash" -> made.withCids(1, value).withRawLeaves(true);
                case "--raw-leaves" -> made.withRawLeaves(!value.equals("false"));
                case "--trickle" -> made.withLayout(Layout.TRICKLE);
                case "--chunker" -> made.withChunker(value);
                case "--inline" -> made.withInlineLimitBytes(32);
                case "-w", "-H" -> made;
                default -> throw new AssertionError("unknown option " + option);
            };
        }
        return made;
    }

    private static List<String> options(JsonNode row) {
        List<String> options = new ArrayList<>();
        row.get("options").forEach(option -> options.add(option.asText()));
        return options;
    }

    private static Stream<JsonNode> rows(String section) {
        return StreamSupport.stream(vectors.get(section).spliterator(), false);
    }
}
