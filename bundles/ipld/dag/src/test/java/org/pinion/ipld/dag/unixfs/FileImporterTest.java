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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.Content;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.MemoryBlocks;
import org.pinion.ipld.multiformats.Cid;

/** Vectors that were recorded from the reference itself, and what the sink sees. */
class FileImporterTest {
    private static final ImportOptions DEFAULT = ImportOptions.DEFAULT;
    private static final ImportOptions VERSION_1 =
            DEFAULT.withCids(1, "sha2-256").withRawLeaves(true);

    private final MemoryBlocks blocks = new MemoryBlocks();

    private DagRoot add(String text, ImportOptions options) throws IOException {
        return FileImporter.addFile(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), options, blocks);
    }

    private static DagRoot root(String cid, long cumulativeBytes, long contentBytes) {
        return new DagRoot(Cid.parse(cid), cumulativeBytes, contentBytes);
    }

    @Test
    void filesHaveTheCidsAndSizesOfTheReference() throws IOException {
        assertThat(add("hello", DEFAULT)).isEqualTo(root("QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX", 13, 5));
        assertThat(add("hello", VERSION_1))
                .isEqualTo(root("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq", 5, 5));
        assertThat(add("", DEFAULT)).isEqualTo(root("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH", 6, 0));
        assertThat(add("hello".repeat(200_000), DEFAULT))
                .isEqualTo(root("QmPMSL5DWcrbhxCDcmT4r2KruUXDkJmoS27X5UBMm4mWRF", 1_000_256, 1_000_000));
        assertThat(add("x".repeat(300_000) + "y".repeat(300_000), DEFAULT).cid())
                .hasToString("QmeXGTH2xc8Srm4j9FDK6K2abpQAo6C7KkPoFu73Xq8egm");
    }

    @Test
    void blocksComeInPostOrderWithTheirCumulativeSizes() throws IOException {
        byte[] content = Content.of("order", 5000);
        List<String> seen = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        ImportOptions options = DEFAULT.withChunker("size-1000").withMaxLinks(2);
        DagRoot root = FileImporter.addFile(new ByteArrayInputStream(content), options, (block, cumulative) -> {
            seen.add(shape(block));
            sizes.add(cumulative);
        });
        // five leaves: ((1 2) (3 4)) and (((5)))
        assertThat(seen)
                .containsExactly(
                        "leaf", "leaf", "inner 2", "leaf", "leaf", "inner 2", "inner 2", "leaf", "inner 1", "inner 1",
                        "inner 2");
        assertThat(sizes).last().isEqualTo(root.cumulativeBytes());
        assertThat(root.contentBytes()).isEqualTo(5000);
    }

    private static String shape(Block block) {
        int links = DagPb.decode(block.data()).links().size();
        return links == 0 ? "leaf" : "inner " + links;
    }

    @Test
    void rawLeavesAreTheChunksThemselves() throws IOException {
        FileImporter.addFile(
                new ByteArrayInputStream(new byte[600]),
                DEFAULT.withRawLeaves(true).withChunker("size-256"),
                blocks);
        assertThat(blocks.inOrder())
                .extracting(block -> block.data().length)
                .startsWith(256, 256, 88)
                .hasSize(4);
        assertThat(blocks.inOrder().get(0).cid().codec()).isEqualTo(Cid.RAW);
    }

    @Test
    void blocksInsideTheirCidsAreNotGivenToTheSink() throws IOException {
        DagRoot root = add("tiny", VERSION_1.withInlineLimitBytes(32));
        assertThat(blocks.inOrder()).isEmpty();
        assertThat(new UnixFsReader(blocks).open(root.cid()).readAllBytes())
                .asString()
                .isEqualTo("tiny");
    }

    @Test
    void streamsThatGiveLittleAtATimeMakeTheSameDag() throws IOException {
        byte[] content = Content.of("drip", 300_001);
        for (String chunker : List.of("size-1024", "size-262144", "rabin-1024-2048-4096", "buzhash")) {
            ImportOptions options = DEFAULT.withChunker(chunker);
            InputStream whole = new ByteArrayInputStream(content);
            InputStream dripping = new InputStream() {
                @Override
                public int read() throws IOException {
                    return whole.read();
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    return whole.read(target, offset, Math.min(length, 7));
                }
            };
            assertThat(FileImporter.addFile(dripping, options, blocks))
                    .isEqualTo(FileImporter.addFile(new ByteArrayInputStream(content), options, blocks));
        }
    }

    @Test
    void filesLargerThanTheHeapAreNoMatter() throws IOException {
        long size = Math.min(Runtime.getRuntime().maxMemory(), 768L << 20) + 1;
        InputStream zeros = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int count = (int) Math.min(left, length);
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        long[] sum = new long[1];
        DagRoot root = FileImporter.addFile(zeros, VERSION_1, (block, cumulative) -> sum[0] += block.data().length);
        assertThat(sum[0]).isEqualTo(root.cumulativeBytes());
        assertThat(root.contentBytes()).isEqualTo(size);
    }

    @Test
    void anErrorOfTheSinkEndsTheImport() {
        IOException full = new IOException("full");
        assertThatThrownBy(() -> FileImporter.addFile(new ByteArrayInputStream(new byte[10]), DEFAULT, (b, c) -> {
                    throw full;
                }))
                .isSameAs(full);
    }

    @Test
    void wrongOptionsAreRefusedWithTheTextsOfTheReference() {
        assertThatThrownBy(() -> DEFAULT.withChunker("foo")).hasMessage("unrecognized chunker option: foo");
        assertThatThrownBy(() -> DEFAULT.withChunker("size-0")).hasMessage("chunker size must be greater than 0");
        assertThatThrownBy(() -> DEFAULT.withChunker("size-2097152"))
                .hasMessage("chunker parameters may not exceed the maximum chunk size of 2096896");
        assertThatThrownBy(() -> DEFAULT.withChunker("size-99999999999")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DEFAULT.withChunker("rabin-1-2-3")).hasMessageContaining("greater than 16");
        assertThatThrownBy(() -> DEFAULT.withChunker("rabin-30-20-40")).hasMessageContaining("smaller than rabin-avg");
        assertThatThrownBy(() -> DEFAULT.withChunker("rabin-20-30")).hasMessageContaining("incorrect format");
        assertThatThrownBy(() -> DEFAULT.withCids(2, "sha2-256")).hasMessage("bad CID Version: unknown CID version: 2");
        assertThatThrownBy(() -> DEFAULT.withCids(0, "sha2-512")).hasMessage("invalid cid: invalid v0 prefix");
        assertThatThrownBy(() -> DEFAULT.withCids(1, "nohash")).hasMessageContaining("hash function name not known");
        assertThatThrownBy(() -> Layout.parse("flat")).hasMessage("layout parameter is invalid");
    }

    @Test
    void chunkerNamesHaveDefaultsAndLabels() {
        for (String name :
                List.of("", "default", "rabin", "rabin-1000", "rabin-min:20-avg:30-max:40", "size-2096896")) {
            assertThat(DEFAULT.withChunker(name).chunker()).isEqualTo(name);
        }
    }
}
