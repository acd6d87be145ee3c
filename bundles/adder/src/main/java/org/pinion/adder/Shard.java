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

import java.io.IOException;
import java.util.List;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

/** The shard that is being filled: its blocks are on their way, its links gather. For one thread. */
final class Shard implements AutoCloseable {
    /** Bounds memory; the reference goes on, but only shards of very many tiny blocks get there. */
    static final int MAX_LINKS = 1_000_000;

    private final Delivery delivery;
    private final LinkList links = new LinkList();
    private long bytes;

    Shard(Delivery delivery) {
        this.delivery = delivery;
    }

    /** Bytes of its blocks. */
    long bytes() {
        return bytes;
    }

    boolean hasRoom() {
        return links.size() < MAX_LINKS;
    }

    List<PeerId> allocations() {
        return delivery.allocations();
    }

    void put(Block block, long cumulativeBytes) {
        links.add(block.cid());
        bytes += block.data().length;
        if (block.cid().multihash().code() != Multihash.IDENTITY) {
            delivery.put(block, cumulativeBytes);
        }
    }

    /** Sends what lists the links to the same peers, waits for them, and returns its CID. */
    Cid finish() throws IOException {
        LinkDag dag = LinkDag.of(links);
        dag.forEach(delivery);
        delivery.finish();
        return dag.root();
    }

    @Override
    public void close() {
        delivery.close();
    }
}
