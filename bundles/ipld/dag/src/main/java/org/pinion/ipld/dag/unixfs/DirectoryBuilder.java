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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.dag.Utf8Order;
import org.pinion.ipld.multiformats.Cid;

/**
 * Collects the entries of a directory and makes it: one node with sorted links, or, if names and CIDs together pass the
 * threshold of the options, a HAMT. Used by one thread; memory is a few hundred bytes for each entry.
 */
public final class DirectoryBuilder {
    private final ImportOptions options;
    private final NavigableMap<String, PbLink> entries = new TreeMap<>(Utf8Order.INSTANCE);
    private long estimatedBytes;

    public DirectoryBuilder(ImportOptions options) {
        this.options = options;
    }

    /**
     * Adds an entry, or replaces the one of that name.
     *
     * @param cumulativeBytes encoded bytes of the target and all below it
     * @throws IllegalArgumentException if the name is empty or has a slash in it
     */
    public void put(String name, Cid cid, long cumulativeBytes) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("a directory cannot have an entry named \"" + name + "\"");
        }
        remove(name);
        entries.put(name, new PbLink(cid, name, cumulativeBytes));
        estimatedBytes += estimate(name, cid);
    }

    /** Adds what an importer or another directory made. */
    public void put(String name, DagRoot root) {
        put(name, root.cid(), root.cumulativeBytes());
    }

    /** Takes an entry out again; returns whether there was one. */
    public boolean remove(String name) {
        PbLink removed = entries.remove(name);
        if (removed == null) {
            return false;
        }
        estimatedBytes -= estimate(name, removed.cid());
        return true;
    }

    /** Number of entries. */
    public int size() {
        return entries.size();
    }

    /** Gives the sink the nodes of the directory itself, the root last. The builder can go on afterwards. */
    public DagRoot build(BlockSink sink) throws IOException {
        NodeWriter writer = new NodeWriter(options, sink);
        if (estimatedBytes > options.hamtThresholdBytes()) {
            return new HamtWriter(writer).put(entries.values());
        }
        List<PbLink> links = new ArrayList<>(entries.values());
        byte[] encoded = DagPb.encode(new PbNode(links, UnixFsNode.directory().encode()));
        long blockBytes = links.stream().mapToLong(PbLink::tsize).sum();
        return writer.put(Cid.DAG_PB, encoded, new NodeWriter.Below(blockBytes, 0));
    }

    private static long estimate(String name, Cid cid) {
        return name.getBytes(StandardCharsets.UTF_8).length + (long) cid.size();
    }
}
