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

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Varint;

/** Writes a CAR of version 1; used by one thread, blocks as the stream does. Blocks are written as often as they come. */
public final class CarWriter implements Closeable {
    private final OutputStream out;

    /** Writes the header. The stream should be buffered. */
    public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
        this.out = out;
        byte[] header = DagCbor.encode(Map.of("roots", List.copyOf(roots), "version", 1));
        Varint.write(header.length, out);
        out.write(header);
    }

    /** Writes a block; that it matches its CID is not checked here. */
    public void write(Block block) throws IOException {
        byte[] cid = block.cid().bytes();
        Varint.write((long) cid.length + block.data().length, out);
        out.write(cid);
        out.write(block.data());
    }

    /** Closes the stream. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
