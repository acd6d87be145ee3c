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
package org.pinion.ipfsconnector.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.unixfs.FileImporter;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.flow.Cursor;

/** A node on a network in memory. */
final class TestNode implements AutoCloseable {
    final Datastore store;
    final EmbeddedIpfs ipfs;
    private final ExecutorsComponent executors = new ExecutorsComponent();

    TestNode(TestNetwork network, Path folder, Map<String, Object> section) {
        this(network, folder, section, new MemoryStore());
    }

    TestNode(TestNetwork network, Path folder, Map<String, Object> section, Datastore store) {
        this.store = store;
        Map<String, Object> properties = new HashMap<>(section);
        properties.putIfAbsent("listen.multiaddresses", new String[] {"/ip4/127.0.0.1/tcp/4001"});
        ipfs = new EmbeddedIpfs(properties, network, network, folder(folder), executors);
        ipfs.setDatastore(store);
    }

    static PeerFolder folder(Path folder) {
        return new PeerFolder() {
            @Override
            public Path root() {
                return folder;
            }

            @Override
            public Path own() {
                return folder.resolve("pinion");
            }
        };
    }

    MemoryStore memory() {
        return (MemoryStore) store;
    }

    /** A file's DAG as blocks, the root last. */
    static List<Block> file(int seed, int bytes, ImportOptions options) throws Exception {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        List<Block> blocks = new ArrayList<>();
        DagRoot root = FileImporter.addFile(
                new java.io.ByteArrayInputStream(content), options, (block, cumulative) -> blocks.add(block));
        if (!blocks.get(blocks.size() - 1).cid().equals(root.cid())) {
            throw new AssertionError("the root comes last");
        }
        return blocks;
    }

    /** Small chunks and few links make deep DAGs of small files. */
    static List<Block> deepFile(int seed, int bytes) throws Exception {
        return file(seed, bytes, ImportOptions.DEFAULT.withChunker("size-100").withMaxLinks(3));
    }

    Cid put(List<Block> blocks) {
        ipfs.putBlocks(Cursor.of(blocks)).join();
        return blocks.get(blocks.size() - 1).cid();
    }

    void pin(Cid cid) {
        ipfs.pin(recursive(cid)).join();
    }

    List<Cid> collect() {
        List<Cid> removed = new ArrayList<>();
        try (var garbage = ipfs.collectGarbage()) {
            for (var one = garbage.next(); one != null; one = garbage.next()) {
                removed.add(one.cid());
            }
        }
        return removed;
    }

    boolean hasAll(List<Block> blocks) {
        return blocks.stream().allMatch(block -> ipfs.contains(block.cid()));
    }

    static Pin recursive(Cid cid) {
        return Pin.of(cid, PinOptions.NONE);
    }

    static Pin direct(Cid cid) {
        return Pin.of(cid, PinOptions.builder().mode(PinMode.DIRECT).build());
    }

    @Override
    public void close() {
        ipfs.close();
        executors.close();
    }
}
