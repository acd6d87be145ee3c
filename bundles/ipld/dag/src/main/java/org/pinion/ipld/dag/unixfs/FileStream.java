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
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.pinion.ipld.dag.PbLink;

/** Reads a file leaf by leaf; holds one node for each level of the tree. */
final class FileStream extends InputStream {
    /** Deepest tree that is read; a balanced one of this depth would not fit the world. */
    private static final int MAX_DEPTH = 128;

    private static final byte[] NOTHING = new byte[0];

    private final NodeReader nodes;
    private final Deque<Level> levels = new ArrayDeque<>();
    private byte[] current = NOTHING;
    private int at;
    /** Bytes still to pass over before anything is read. */
    private long toSkip;

    private static final class Level {
        private final List<PbLink> links;
        private final List<Long> sizes;
        private int next;

        Level(NodeReader.Node node) {
            this.links = node.links();
            this.sizes = node.message().blockSizes();
        }
    }

    FileStream(NodeReader nodes, NodeReader.Node root, long offset) throws IOException {
        this.nodes = nodes;
        this.toSkip = offset;
        enter(root);
    }

    private void enter(NodeReader.Node node) throws IOException {
        UnixFsNode message = node.message();
        if (!message.isFile()) {
            throw new IOException(node.cid() + " is not a piece of a file: " + message.type());
        }
        if (levels.size() >= MAX_DEPTH) {
            throw new IOException("file is deeper than " + MAX_DEPTH + " levels at " + node.cid());
        }
        byte[] data = message.data();
        current = data == null ? NOTHING : data;
        at = (int) Math.min(toSkip, current.length);
        toSkip -= at;
        if (!node.links().isEmpty()) {
            if (message.blockSizes().size() != node.links().size()) {
                throw new IOException(
                        "file node " + node.cid() + " has " + node.links().size() + " links and "
                                + message.blockSizes().size() + " block sizes");
            }
            levels.push(new Level(node));
        }
    }

    /** Without this, few blocks could make a tree that is read for ever and gives nothing. */
    private static void checkSize(NodeReader.Node child, long claimed) throws IOException {
        byte[] data = child.message().data();
        long left = claimed - (data == null ? 0 : data.length);
        for (long size : child.message().blockSizes()) {
            left -= size;
            if (left < 0) {
                break;
            }
        }
        if (left != 0) {
            throw new IOException("file node " + child.cid() + " does not have the " + claimed
                    + " bytes of content that its parent claims");
        }
    }

    /** Makes sure that there is something to read; false at the end of the file. */
    private boolean fill() throws IOException {
        while (at >= current.length) {
            Level level = levels.peek();
            if (level == null) {
                return false;
            }
            if (level.next >= level.links.size()) {
                levels.pop();
                continue;
            }
            int index = level.next++;
            long size = level.sizes.get(index);
            if (size <= toSkip) {
                toSkip -= size;
                continue;
            }
            NodeReader.Node child = nodes.node(level.links.get(index).cid());
            checkSize(child, size);
            enter(child);
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        return fill() ? current[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current, at, target, offset, count);
        at += count;
        return count;
    }

    /** Passes over whole subtrees without getting them. */
    @Override
    public long skip(long count) throws IOException {
        if (count <= 0) {
            return 0;
        }
        int here = (int) Math.min(count, current.length - at);
        at += here;
        toSkip = count - here;
        fill();
        long skipped = count - toSkip;
        toSkip = 0;
        return skipped;
    }

    @Override
    public int available() {
        return current.length - at;
    }

    /** Nothing can be read afterwards. */
    @Override
    public void close() {
        levels.clear();
        current = NOTHING;
        at = 0;
    }
}
