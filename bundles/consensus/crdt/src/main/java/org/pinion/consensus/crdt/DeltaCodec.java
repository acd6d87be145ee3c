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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.pinion.consensus.crdt.Delta.Element;

/**
 * The protobuf form of a delta.
 *
 * <pre>
 * delta   = 1 element*, 2 tombstone*, 3 priority uint64
 * element = 1 key string, 2 id string, 3 value bytes
 * </pre>
 *
 * @spec cluster wire "Node, delta, broadcast"
 */
final class DeltaCodec {
    /** Most elements and tombstones that are taken: twice what fits into the largest block with the shortest real keys. */
    static final int MAX_ENTRIES = 1 << 16;

    private static final int ELEMENT = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TOMBSTONE = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PRIORITY = 3 << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int KEY = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int ID = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int VALUE = 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final byte[] NO_VALUE = {};

    private DeltaCodec() {}

    /** The bytes, equal to those of the reference. */
    static byte[] encode(Delta delta) {
        int size = delta.priority() == 0 ? 0 : CodedOutputStream.computeUInt64Size(3, delta.priority());
        for (Element element : delta.elements()) {
            size += sizeIn(element);
        }
        for (Element tombstone : delta.tombstones()) {
            size += sizeIn(tombstone);
        }
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (Element element : delta.elements()) {
                write(out, 1, element);
            }
            for (Element tombstone : delta.tombstones()) {
                write(out, 2, tombstone);
            }
            if (delta.priority() != 0) {
                out.writeUInt64(3, delta.priority());
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size of a delta was wrong", e);
        }
        return bytes;
    }

    /** Bytes that an element takes in a delta. */
    static int sizeIn(Element element) {
        int body = sizeOf(element);
        return 1 + CodedOutputStream.computeUInt32SizeNoTag(body) + body;
    }

    private static int sizeOf(Element element) {
        return (element.key().isEmpty() ? 0 : CodedOutputStream.computeStringSize(1, element.key()))
                + (element.id().isEmpty() ? 0 : CodedOutputStream.computeStringSize(2, element.id()))
                + (element.value().length == 0 ? 0 : CodedOutputStream.computeByteArraySize(3, element.value()));
    }

    private static void write(CodedOutputStream out, int field, Element element) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(sizeOf(element));
        if (!element.key().isEmpty()) {
            out.writeString(1, element.key());
        }
        if (!element.id().isEmpty()) {
            out.writeString(2, element.id());
        }
        if (element.value().length > 0) {
            out.writeByteArray(3, element.value());
        }
    }

    /**
     * Reads a delta; unknown fields are passed over.
     *
     * @throws IllegalArgumentException if the bytes are none
     */
    static Delta decode(byte[] bytes) {
        try {
            return read(CodedInputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("bad delta: " + e.getMessage(), e);
        }
    }

    private static Delta read(CodedInputStream in) throws IOException {
        List<Element> elements = new ArrayList<>();
        List<Element> tombstones = new ArrayList<>();
        long priority = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ELEMENT -> elements.add(readElement(in));
                case TOMBSTONE -> tombstones.add(readElement(in));
                case PRIORITY -> priority = in.readUInt64();
                default -> skip(in, tag);
            }
            if (elements.size() + tombstones.size() > MAX_ENTRIES) {
                throw new IllegalArgumentException("bad delta: it has more than " + MAX_ENTRIES + " entries");
            }
        }
        return new Delta(elements, tombstones, priority);
    }

    private static Element readElement(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        String key = "";
        String id = "";
        byte[] value = NO_VALUE;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case KEY -> key = in.readStringRequireUtf8();
                case ID -> id = in.readStringRequireUtf8();
                case VALUE -> value = in.readByteArray();
                default -> skip(in, tag);
            }
        }
        in.popLimit(outer);
        return new Element(key, id, value);
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new IllegalArgumentException("bad delta: a group ends that never began");
        }
    }
}
