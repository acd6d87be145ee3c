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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;

/** Visits the blocks of a DAG depth first, parents before children. Holds the links of the nodes above. For one thread. */
final class DagWalk {
    private static final int MAX_DEPTH = 10_000;

    private final BlockSource blocks;
    private final Seen seen;
    private final boolean repeat;

    /** @param repeat whether a block is visited as often as it occurs */
    DagWalk(BlockSource blocks, Seen seen, boolean repeat) {
        this.blocks = blocks;
        this.seen = seen;
        this.repeat = repeat;
    }

    /** Takes the blocks. */
    interface Visitor {
        void block(Cid cid, byte[] data) throws IOException;
    }

    /** Visits a root and everything below it that was not visited before. */
    void run(Cid root, Visitor visitor) throws IOException {
        Deque<Iterator<Cid>> above = new ArrayDeque<>();
        above.push(List.of(root).iterator());
        while (!above.isEmpty()) {
            Iterator<Cid> links = above.peek();
            if (!links.hasNext()) {
                above.pop();
                continue;
            }
            Cid cid = links.next();
            if (!repeat && !seen.add(cid)) {
                continue;
            }
            byte[] data = blocks.get(cid);
            visitor.block(cid, data);
            List<Cid> below = links(cid, data);
            if (!below.isEmpty()) {
                if (above.size() >= MAX_DEPTH) {
                    throw new KuboException("the DAG at " + cid + " is deeper than " + MAX_DEPTH + " levels");
                }
                above.push(below.iterator());
            }
        }
    }

    static List<Cid> links(Cid cid, byte[] data) {
        try {
            return DagLinks.of(cid, data);
        } catch (IllegalArgumentException e) {
            throw new KuboException("cannot go below " + cid + ": " + e.getMessage(), e);
        }
    }
}
