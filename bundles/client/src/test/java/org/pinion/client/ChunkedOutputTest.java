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
package org.pinion.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkedOutputTest {
    private final List<byte[]> writes = new ArrayList<>();
    private final ChunkedOutput out = new ChunkedOutput(new OutputStream() {
        @Override
        public void write(int one) {
            throw new IllegalStateException("single bytes are slow");
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            writes.add(Arrays.copyOfRange(source, offset, offset + length));
        }
    });

    @Test
    void smallPiecesAreOneChunkInOneWrite() throws IOException {
        out.text("head ");
        out.bytes(new byte[] {'a', 'b'}, 1);
        out.flush();

        assertThat(writes).singleElement().isEqualTo("6\r\nhead a\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void nothingIsSentForNothing() throws IOException {
        out.flush();
        out.end();

        assertThat(writes).singleElement().isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void contentOfAnySizeArrivesWholeInChunksOfOneWrite() throws IOException {
        byte[] content = new byte[1_000_003];
        new Random(1).nextBytes(content);

        out.text("x");
        out.bytes(content, content.length);
        ByteArrayInputStream in = new ByteArrayInputStream(content);
        do {
            out.makeRoom();
        } while (out.read(in));
        out.end();

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] write : writes.subList(0, writes.size() - 1)) {
            assertThat(write.length).isLessThanOrEqualTo(128 << 10);
            String head = new String(write, 0, 7, StandardCharsets.US_ASCII);
            int line = head.indexOf("\r\n");
            int size = Integer.parseInt(head.substring(0, line), 16);
            assertThat(write).hasSize(line + 2 + size + 2).endsWith('\r', '\n');
            all.write(write, line + 2, size);
        }
        assertThat(all.toByteArray()).startsWith('x').hasSize(1 + 2 * content.length);
        assertThat(Arrays.copyOfRange(all.toByteArray(), 1, 1 + content.length)).isEqualTo(content);
        assertThat(Arrays.copyOfRange(all.toByteArray(), 1 + content.length, 1 + 2 * content.length))
                .isEqualTo(content);
    }
}
