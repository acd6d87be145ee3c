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
package org.pinion.ipld.dag;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;

/**
 * The dag-pb codec. The encoding is that of Go's merkledag: links first although their field number is higher, all three
 * fields of a link always written, links sorted by name.
 *
 * <pre>
 * node = { 0x12 varint(length) link } [ 0x0a varint(length) data ]
 * link = 0x0a varint(length) cid  0x12 varint(length) name  0x18 varint(tsize)
 * </pre>
 *
 * @spec IPLD "DAG-PB"
 */
public final class DagPb {
    /** Longest node that is decoded; twice what bitswap carries. */
    public static final int MAX_NODE_BYTES = 4 << 20;

    private static final int TAG_DATA = (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TAG_LINK = (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TAG_CID = (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TAG_NAME = (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TAG_TSIZE = (3 << 3) | WireFormat.WIRETYPE_VARINT;
    private static final Comparator<PbLink> BY_NAME = Comparator.comparing(PbLink::name, Utf8Order.INSTANCE);

    private DagPb() {}

    /** Encodes a node; links with equal names keep their order. */
    public static byte[] encode(PbNode node) {
        List<PbLink> links = sorted(node.links());
        List<RawLink> raw = new ArrayList<>(links.size());
        int size = 0;
        for (PbLink link : links) {
            RawLink next = RawLink.of(link);
            raw.add(next);
            size += 1 + CodedOutputStream.computeUInt32SizeNoTag(next.size) + next.size;
        }
        byte[] data = node.data();
        if (data != null) {
            size += 1 + CodedOutputStream.computeUInt32SizeNoTag(data.length) + data.length;
        }
        byte[] encoded = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(encoded);
        try {
            for (RawLink link : raw) {
                link.writeTo(out);
            }
            if (data != null) {
                out.writeByteArray(1, data);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size of a dag-pb node was wrong", e);
        }
        return encoded;
    }

    /**
     * Decodes a node strictly: nothing but the known fields, in an order that dag-pb allows, each at most once.
     *
     * @throws IllegalArgumentException if the bytes are no dag-pb node or more than {@link #MAX_NODE_BYTES}
     */
    public static PbNode decode(byte[] encoded) {
        if (encoded.length > MAX_NODE_BYTES) {
            throw new IllegalArgumentException(
                    "dag-pb node of " + encoded.length + " bytes, the limit is " + MAX_NODE_BYTES);
        }
        try {
            return decodeNode(CodedInputStream.newInstance(encoded));
        } catch (IOException e) {
            throw new IllegalArgumentException("bad dag-pb node: " + e.getMessage(), e);
        }
    }

    private static PbNode decodeNode(CodedInputStream in) throws IOException {
        List<PbLink> links = new ArrayList<>();
        byte[] data = null;
        boolean linksEnded = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == TAG_DATA) {
                if (data != null) {
                    throw new IllegalArgumentException("bad dag-pb node: a second Data field");
                }
                data = in.readByteArray();
                linksEnded = !links.isEmpty();
            } else if (tag == TAG_LINK) {
                if (linksEnded) {
                    throw new IllegalArgumentException("bad dag-pb node: Links on both sides of Data");
                }
                int outer = in.pushLimit(in.readRawVarint32());
                links.add(decodeLink(in));
                in.popLimit(outer);
            } else {
                throw unexpected("node", tag);
            }
        }
        return new PbNode(links, data);
    }

    private static PbLink decodeLink(CodedInputStream in) throws IOException {
        Cid cid = null;
        String name = null;
        long tsize = 0;
        int last = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag <= last) {
                throw new IllegalArgumentException("bad dag-pb link: fields repeated or out of order");
            }
            last = tag;
            switch (tag) {
                case TAG_CID -> cid = Cid.ofBytes(in.readByteArray());
                case TAG_NAME -> name = new String(in.readByteArray(), StandardCharsets.UTF_8);
                case TAG_TSIZE -> tsize = in.readRawVarint64();
                default -> throw unexpected("link", tag);
            }
        }
        if (cid == null) {
            throw new IllegalArgumentException("bad dag-pb link: it has no Hash");
        }
        return new PbLink(cid, name == null ? "" : name, tsize);
    }

    private static IllegalArgumentException unexpected(String where, int tag) {
        return new IllegalArgumentException("bad dag-pb " + where + ": field " + (tag >>> 3) + " with wire type "
                + (tag & 7) + " does not belong there");
    }

    private static List<PbLink> sorted(List<PbLink> links) {
        for (int i = 1; i < links.size(); i++) {
            if (BY_NAME.compare(links.get(i - 1), links.get(i)) > 0) {
                List<PbLink> copy = new ArrayList<>(links);
                copy.sort(BY_NAME);
                return copy;
            }
        }
        return links;
    }

    /** A link with its strings turned to bytes, so that its size is known before it is written. */
    private static final class RawLink {
        private final byte[] cid;
        private final byte[] name;
        private final long tsize;
        private final int size;

        private RawLink(byte[] cid, byte[] name, long tsize) {
            this.cid = cid;
            this.name = name;
            this.tsize = tsize;
            this.size = CodedOutputStream.computeByteArraySize(1, cid)
                    + CodedOutputStream.computeByteArraySize(2, name)
                    + CodedOutputStream.computeUInt64Size(3, tsize);
        }

        static RawLink of(PbLink link) {
            return new RawLink(link.cid().bytes(), link.name().getBytes(StandardCharsets.UTF_8), link.tsize());
        }

        void writeTo(CodedOutputStream out) throws IOException {
            out.writeUInt32NoTag(TAG_LINK);
            out.writeUInt32NoTag(size);
            out.writeByteArray(1, cid);
            out.writeByteArray(2, name);
            out.writeUInt64(3, tsize);
        }
    }
}
