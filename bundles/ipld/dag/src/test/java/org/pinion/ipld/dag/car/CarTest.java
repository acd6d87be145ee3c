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
package org.pinion.ipld.dag.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.Content;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.MemoryBlocks;
import org.pinion.ipld.dag.unixfs.FileImporter;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;

class CarTest {
    private final MemoryBlocks blocks = new MemoryBlocks();

    private byte[] archive(int size) throws IOException {
        DagRoot root = FileImporter.addFile(
                new ByteArrayInputStream(Content.of("car", size)),
                ImportOptions.DEFAULT.withChunker("size-1000").withRawLeaves(true),
                blocks);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CarWriter writer = new CarWriter(out, List.of(root.cid()))) {
            for (Block block : blocks.inOrder()) {
                writer.write(block);
            }
        }
        return out.toByteArray();
    }

    private static List<Block> readAll(byte[] archive) throws IOException {
        List<Block> read = new ArrayList<>();
        try (CarReader reader = new CarReader(new ByteArrayInputStream(archive))) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                read.add(block);
            }
        }
        return read;
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        byte[] archive = archive(5500);
        assertThat(readAll(archive)).isEqualTo(blocks.inOrder()).hasSize(7);
        assertThat(new CarReader(new ByteArrayInputStream(archive)).roots())
                .containsExactly(blocks.inOrder().get(6).cid());
    }

    @Test
    void theHeaderIsThatOfTheSpecification() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Cid root = Cid.parse("bafyreihyrpefhacm6kkp4ql6j6udakdit7g3dmkzfriqfykhjw6cad5lrm");
        new CarWriter(out, List.of(root)).close();
        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .isEqualTo("3aa265726f6f747381d82a58250001711220"
                        + HexFormat.of().formatHex(root.multihash().digest())
                        + "6776657273696f6e01");
    }

    @Test
    void aBlockThatDoesNotMatchItsCidIsRefused() throws IOException {
        byte[] archive = archive(500);
        archive[archive.length - 1] ^= 1;
        assertThatThrownBy(() -> readAll(archive)).hasMessageContaining("does not match its CID");
    }

    @Test
    void anArchiveThatIsCutIsRefusedUnlessBetweenBlocks() throws IOException {
        byte[] archive = archive(2500);
        int whole = 0;
        for (int length = 0; length < archive.length; length++) {
            byte[] cut = Arrays.copyOf(archive, length);
            try {
                readAll(cut);
                whole++;
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("CAR ");
            }
        }
        assertThat(whole).isEqualTo(blocks.inOrder().size());
    }

    @Test
    void lengthsBeyondTheLimitsAreRefusedBeforeAnythingIsAllocated() throws IOException {
        byte[] huge = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
        assertThatThrownBy(() -> readAll(huge)).hasMessageContaining("allowed are 1 to 1048576");
        byte[] endless = new byte[20];
        Arrays.fill(endless, (byte) 0x80);
        assertThatThrownBy(() -> readAll(endless)).hasMessageContaining("more than 9 bytes");
        assertThatThrownBy(() -> readAll(new byte[0])).hasMessageContaining("empty");
        byte[] header = Arrays.copyOf(archive(10), 58);
        byte[] withHuge = Arrays.copyOf(header, header.length + 5);
        System.arraycopy(huge, 0, withHuge, header.length, 5);
        assertThatThrownBy(() -> readAll(withHuge)).isInstanceOf(IOException.class);
    }

    @Test
    void headersOfOtherVersionsAreRefused() {
        for (Object header : List.of(
                Map.of("version", 2), Map.of("roots", List.of()), 1, Map.of("version", 1, "roots", List.of(1)))) {
            byte[] encoded = DagCbor.encode(header);
            byte[] archive = new byte[encoded.length + 1];
            archive[0] = (byte) encoded.length;
            System.arraycopy(encoded, 0, archive, 1, encoded.length);
            assertThatThrownBy(() -> readAll(archive)).hasMessageStartingWith("CAR ");
        }
    }

    @Test
    void noiseIsRefused() throws IOException {
        byte[] archive = archive(3000);
        Random random = new Random(5);
        for (int i = 0; i < 5000; i++) {
            byte[] noisy = archive.clone();
            noisy[random.nextInt(noisy.length)] ^= (byte) (1 + random.nextInt(255));
            try {
                // a root in the header, or the codec of a block, can change without being noticed; content cannot
                assertThat(readAll(noisy))
                        .extracting(block -> HexFormat.of().formatHex(block.data()))
                        .isEqualTo(blocks.inOrder().stream()
                                .map(block -> HexFormat.of().formatHex(block.data()))
                                .toList());
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("CAR ");
            }
        }
    }
}
