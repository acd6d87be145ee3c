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
package org.pinion.consensus.crdt;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/**
 * What peers tell each other on the topic: their heads.
 *
 * <pre>
 * message = 1 { 1 cid bytes }*
 * </pre>
 *
 * Very old peers send the bytes of one CID and nothing else.
 *
 * @spec cluster wire "Node, delta, broadcast"
 */
final class HeadsMessage {
    /** Most heads that are taken from, or put into, one message. */
    static final int MAX_HEADS = 1024;

    private static final int HEAD = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private HeadsMessage() {}

    /** A message with the first {@link #MAX_HEADS} of {@code heads}. */
    static byte[] encode(Collection<Cid> heads) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(40 * heads.size());
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 64);
        try {
            for (Cid head : heads.stream().limit(MAX_HEADS).toList()) {
                byte[] cid = head.bytes();
                out.writeTag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(CodedOutputStream.computeByteArraySize(1, cid));
                out.writeByteArray(1, cid);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The heads of a message that can be heads: CIDv1, dag-pb, SHA2-256; others are left out.
     *
     * @throws IllegalArgumentException if the bytes are no message
     */
    static List<Cid> decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != HEAD) {
            return canBeHead(Cid.ofBytes(bytes)) ? List.of(Cid.ofBytes(bytes)) : List.of();
        }
        try {
            return read(CodedInputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("bad heads message: " + e.getMessage(), e);
        }
    }

    private static List<Cid> read(CodedInputStream in) throws IOException {
        List<Cid> heads = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0 && heads.size() < MAX_HEADS; tag = in.readTag()) {
            if (tag != HEAD) {
                in.skipField(tag);
                continue;
            }
            int outer = in.pushLimit(in.readRawVarint32());
            for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
                if (inner != HEAD) {
                    in.skipField(inner);
                    continue;
                }
                Cid head = Cid.ofBytes(in.readByteArray());
                if (canBeHead(head)) {
                    heads.add(head);
                }
            }
            in.popLimit(outer);
        }
        return heads;
    }

    /** Heads are rebuilt from multihashes, so no other kind of CID may ever become one. */
    static boolean canBeHead(Cid cid) {
        return cid.version() == 1
                && cid.codec() == Cid.DAG_PB
                && cid.multihash().code() == Multihash.SHA2_256;
    }
}
