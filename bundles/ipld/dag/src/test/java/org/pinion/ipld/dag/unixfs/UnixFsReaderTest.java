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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.Content;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.MemoryBlocks;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

class UnixFsReaderTest {
    private static final ImportOptions SMALL =
            ImportOptions.DEFAULT.withChunker("size-100").withMaxLinks(3);

    private final MemoryBlocks blocks = new MemoryBlocks();
    private final UnixFsReader reader = new UnixFsReader(blocks);

    private DagRoot add(byte[] content, ImportOptions options) throws IOException {
        return FileImporter.addFile(new ByteArrayInputStream(content), options, blocks);
    }

    @Test
    void filesOfEveryShapeAreReadBack() throws IOException {
        for (int size : new int[] {0, 1, 99, 100, 101, 300, 301, 900, 901, 5000, 12_345}) {
            byte[] content = Content.of("read", size);
            for (Layout layout : Layout.values()) {
                for (boolean raw : new boolean[] {false, true}) {
                    DagRoot root = add(content, SMALL.withLayout(layout).withRawLeaves(raw));
                    assertThat(reader.open(root.cid()).readAllBytes())
                            .as("%s %s raw=%s", size, layout, raw)
                            .isEqualTo(content);
                    UnixFsStat stat = reader.stat(root.cid());
                    assertThat(stat.fileBytes()).isEqualTo(size);
                    assertThat(stat.cumulativeBytes()).isEqualTo(root.cumulativeBytes());
                }
            }
        }
    }

    @Test
    void readingCanStartAndSkipAnywhere() throws IOException {
        byte[] content = Content.of("seek", 10_000);
        Cid root = add(content, SMALL).cid();
        Random random = new Random(42);
        for (int i = 0; i < 200; i++) {
            int offset = random.nextInt(10_100);
            int skip = random.nextInt(1000);
            try (InputStream in = reader.open(root, offset)) {
                int from = Math.min(offset, content.length);
                int read = in.readNBytes(50).length;
                assertThat(read).isEqualTo(Math.min(50, content.length - from));
                int left = content.length - from - read;
                assertThat(in.skip(skip)).isEqualTo(Math.min(skip, left));
                int at = content.length - left + Math.min(skip, left);
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, at, content.length));
            }
        }
    }

    @Test
    void blocksBeforeTheOffsetAreNotAskedFor() throws IOException {
        Cid root = add(Content.of("seek", 50_000), SMALL).cid();
        int before = blocks.gets();
        assertThat(reader.open(root, 49_999).readAllBytes()).hasSize(1);
        assertThat(blocks.gets() - before).isLessThanOrEqualTo(8); // one for each level of 3^6 leaves, and the leaf
    }

    @Test
    void aMissingBlockIsAnErrorNotAnEnd() throws IOException {
        DagRoot root = add(Content.of("gap", 500), SMALL);
        Cid third = blocks.inOrder().get(3).cid();
        UnixFsReader gappy = new UnixFsReader(cid -> {
            if (cid.equals(third)) {
                throw new IOException("gone");
            }
            return blocks.get(cid);
        });
        assertThatThrownBy(() -> gappy.open(root.cid()).readAllBytes()).hasMessage("gone");
    }

    @Test
    void aTreeThatLiesAboutItsSizesIsRefused() throws IOException {
        Cid leaf = add(new byte[0], SMALL).cid();
        Cid node = leaf;
        for (int depth = 0; depth < 40; depth++) {
            List<PbLink> links = List.of(new PbLink(node, "", 1), new PbLink(node, "", 1));
            node = put(new PbNode(links, UnixFsNode.file(2, List.of(1L, 1L)).encode()));
        }
        Cid root = node;
        assertThatThrownBy(() -> reader.open(root).readAllBytes()).hasMessageContaining("does not have the 1 bytes");
    }

    @Test
    void whatIsNoFileIsNotOpened() throws IOException {
        Cid directory = new DirectoryBuilder(SMALL).build(blocks).cid();
        Cid file = add(new byte[10], SMALL).cid();
        Cid noUnixFs = put(new PbNode(List.of(), null));
        assertThatThrownBy(() -> reader.open(directory)).hasMessageContaining("DIRECTORY");
        assertThatThrownBy(() -> reader.list(file, 1)).hasMessageContaining("not a directory");
        assertThatThrownBy(() -> reader.symlinkTarget(file)).hasMessageContaining("not a symbolic link");
        assertThatThrownBy(() -> reader.stat(noUnixFs)).hasMessageContaining("is not a UnixFS node");
        assertThatThrownBy(() -> reader.stat(Cid.v1(Cid.DAG_CBOR, Multihash.identity(new byte[0]))))
                .hasMessageContaining("0x71");
        assertThatThrownBy(() -> reader.open(file, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messagesSurviveARoundTrip() {
        UnixFsNode full = new UnixFsNode(
                UnixFsType.FILE, new byte[] {1}, 7, List.of(3L, 4L), 0x22, 256, 0644, new UnixFsNode.Mtime(-5, 999));
        assertThat(UnixFsNode.decode(full.encode())).isEqualTo(full).hasSameHashCodeAs(full);
        assertThat(UnixFsNode.directory().encode()).containsExactly(8, 1);
        byte[] packed = {8, 2, 24, 3, 34, 2, 1, 2};
        assertThat(UnixFsNode.decode(packed)).isEqualTo(UnixFsNode.file(3, List.of(1L, 2L)));
    }

    @Test
    void malformedMessagesAreRefused() {
        byte[][] bad = {{}, {8, 6}, {8, 2, 18, 5, 1}, {24, 1}, {8, 2, 24, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}};
        for (byte[] message : bad) {
            assertThatThrownBy(() -> UnixFsNode.decode(message)).isInstanceOf(IllegalArgumentException.class);
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            try {
                UnixFsNode node = UnixFsNode.decode(noise);
                assertThat(UnixFsNode.decode(node.encode())).isEqualTo(node);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("bad UnixFS node");
            }
        }
    }

    @Test
    void murmurHashesAreThoseOfTheReference() {
        assertThat(Murmur3.hash64(new byte[0])).isZero();
        assertThat(Murmur3.hash64("hello".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xcbd8a7b341bd9b02L);
        assertThat(Murmur3.hash64("The quick brown fox jumps over the lazy dog.".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(0xcd99481f9ee902c9L);
    }

    private Cid put(PbNode node) {
        byte[] encoded = DagPb.encode(node);
        Cid cid = Cid.v0(Multihash.sha256(encoded));
        blocks.put(new Block(cid, encoded), encoded.length);
        return cid;
    }
}
