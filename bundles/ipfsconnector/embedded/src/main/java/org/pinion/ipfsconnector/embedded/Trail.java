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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Where a walk through a DAG is: the nodes above it, each with the links that are still to be followed. Links of nodes far
 * above are dropped when there are too many and read again later, so memory stays bounded. For one thread.
 */
final class Trail {
    /** Deepest DAG that is walked. */
    static final int MAX_DEPTH = 100_000;

    private static final int MAX_LINKS = 50_000;

    private final Function<Cid, List<Cid>> reader;
    private final List<Node> nodes = new ArrayList<>();
    private int links;
    private int firstLoaded;

    /** Reads links of a node again with {@code reader}. */
    Trail(Function<Cid, List<Cid>> reader) {
        this.reader = reader;
    }

    private static final class Node {
        final Cid cid;
        final int depthBelow;

        @Nullable
        List<Cid> links;

        int next;

        Node(Cid cid, List<Cid> links, int depthBelow) {
            this.cid = cid;
            this.links = links;
            this.depthBelow = depthBelow;
        }
    }

    /**
     * A link to follow.
     *
     * @param cid its target
     * @param depth levels below the target that are wanted too; negative = all
     */
    record Step(Cid cid, int depth) {}

    /** Goes into a node: its links come next. */
    void enter(Step at, List<Cid> children) {
        if (children.isEmpty()) {
            return;
        }
        if (nodes.size() >= MAX_DEPTH) {
            throw new ClusterException(
                    ErrorCode.TOO_LARGE, "the DAG at " + at.cid() + " is deeper than " + MAX_DEPTH + " levels");
        }
        nodes.add(new Node(at.cid(), children, at.depth() < 0 ? at.depth() : at.depth() - 1));
        links += children.size();
        for (; links > MAX_LINKS && firstLoaded < nodes.size() - 1; firstLoaded++) {
            Node far = nodes.get(firstLoaded);
            if (far.links != null) {
                links -= far.links.size();
                far.links = null;
            }
        }
    }

    /** The next link to follow, or null when all were. */
    @Nullable
    Step next() {
        while (!nodes.isEmpty()) {
            Node node = nodes.get(nodes.size() - 1);
            List<Cid> children = node.links;
            if (children == null) {
                children = reader.apply(node.cid);
                node.links = children;
                links += children.size();
            }
            if (node.next < children.size()) {
                return new Step(children.get(node.next++), node.depthBelow);
            }
            links -= children.size();
            nodes.remove(nodes.size() - 1);
            firstLoaded = Math.min(firstLoaded, Math.max(nodes.size() - 1, 0));
        }
        return null;
    }
}
