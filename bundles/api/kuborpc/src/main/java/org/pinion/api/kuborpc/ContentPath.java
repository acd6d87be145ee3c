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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.unixfs.NoSuchEntryException;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * A path to content.
 *
 * @param text as it was given
 * @param root where it begins
 * @param names what is followed from there
 */
record ContentPath(String text, Cid root, List<String> names) {
    private static final int MAX_CHARS = 16 << 10;

    /** Where a path ends: in a block, or at what {@code rest} names in it. */
    record End(Cid block, List<String> rest) {}

    /** {@code /ipfs/<cid>/a}, {@code /ipld/<cid>/a}, or {@code <cid>/a}. */
    static ContentPath parse(String text) {
        if (text.length() > MAX_CHARS) {
            throw new KuboException("invalid path: it has more than " + MAX_CHARS + " characters");
        }
        if (text.startsWith("/ipns/")) {
            throw new ClusterException(
                    ErrorCode.NOT_SUPPORTED,
                    "cannot resolve " + text
                            + ": the embedded IPFS node has no /ipns; resolve the name elsewhere and use"
                            + " /ipfs/<cid>");
        }
        boolean whole = text.startsWith("/");
        if (whole && !text.startsWith("/ipfs/") && !text.startsWith("/ipld/")) {
            throw new KuboException("invalid path \"" + text + "\": unknown namespace");
        }
        List<String> names = new ArrayList<>();
        for (String name : (whole ? text.substring(6) : text).split("/")) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new KuboException("invalid path \"" + text + "\": path does not have enough components");
        }
        try {
            return new ContentPath(text, Cid.parse(names.get(0)), List.copyOf(names.subList(1, names.size())));
        } catch (IllegalArgumentException e) {
            throw new KuboException(
                    "invalid path \"" + text + "\": "
                            + (whole || names.size() > 1
                                    ? "invalid cid: " + e.getMessage()
                                    : "path does not have enough components"),
                    e);
        }
    }

    /** The CID that a path leads to. */
    static Cid resolve(String text, BlockSource blocks) throws IOException {
        return parse(text).resolve(blocks);
    }

    Cid resolve(BlockSource blocks) throws IOException {
        End end = end(blocks);
        if (!end.rest().isEmpty()) {
            throw new KuboException("invalid path \"" + text + "\": it ends inside the block " + end.block());
        }
        return end.block();
    }

    /** Follows the path through directories, nodes and the values in dag-cbor blocks. */
    End end(BlockSource blocks) throws IOException {
        Cid at = root;
        int next = 0;
        while (next < names.size()) {
            if (at.codec() != Cid.DAG_CBOR) {
                at = child(at, names.get(next++), blocks);
                continue;
            }
            List<String> inside = new ArrayList<>();
            Object value = decode(at, blocks);
            while (!(value instanceof Cid) && next < names.size()) {
                inside.add(names.get(next));
                value = field(value, names.get(next++));
            }
            if (!(value instanceof Cid link)) {
                return new End(at, inside);
            }
            at = link;
        }
        return new End(at, List.of());
    }

    private static Cid child(Cid parent, String name, BlockSource blocks) throws IOException {
        try {
            return new UnixFsReader(blocks).resolve(parent, name);
        } catch (NoSuchEntryException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Object decode(Cid cid, BlockSource blocks) throws IOException {
        try {
            return DagCbor.decode(blocks.get(cid));
        } catch (IllegalArgumentException e) {
            throw new KuboException("block " + cid + ": " + e.getMessage(), e);
        }
    }

    static @Nullable Object field(@Nullable Object value, String name) {
        if (value instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        if (value instanceof List<?> list && name.length() < 10 && name.matches("[0-9]+")) {
            int index = Integer.parseInt(name);
            if (index < list.size()) {
                return list.get(index);
            }
        }
        throw new KuboException("key not found: \"" + name + "\"");
    }
}
