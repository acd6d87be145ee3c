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

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.pinion.ipld.dag.chunk.Chunk;
import org.pinion.ipld.dag.chunk.Frame;

/**
 * Writes a UnixFS leaf around its content, which stays where the chunker put it.
 *
 * <pre>
 * 0x0a varint(size of the message)  0x08 type  0x12 varint(n) content  0x18 varint(n)
 * </pre>
 */
final class LeafFrame implements Frame {
    private static final int DATA = 0x0a;
    private static final int TYPE = 0x08;
    private static final int CONTENT = 0x12;
    private static final int FILE_SIZE = 0x18;

    private final UnixFsType type;

    LeafFrame(UnixFsType type) {
        this.type = type;
    }

    @Override
    public int headBytes(int length) {
        return 1 + varint(messageBytes(length)) + 2 + 1 + varint(length);
    }

    @Override
    public int tailBytes(int length) {
        return 1 + varint(length);
    }

    /** Completes the array of a chunk that was cut with this frame to an encoded node. */
    byte[] seal(Chunk chunk) {
        byte[] array = chunk.array();
        int length = chunk.length();
        int end = chunk.offset() + length;
        CodedOutputStream head = CodedOutputStream.newInstance(array, 0, chunk.offset());
        CodedOutputStream tail = CodedOutputStream.newInstance(array, end, array.length - end);
        try {
            head.writeUInt32NoTag(DATA);
            head.writeUInt32NoTag(messageBytes(length));
            head.writeUInt32NoTag(TYPE);
            head.writeUInt32NoTag(type.ordinal());
            head.writeUInt32NoTag(CONTENT);
            head.writeUInt32NoTag(length);
            head.checkNoSpaceLeft();
            tail.writeUInt32NoTag(FILE_SIZE);
            tail.writeUInt32NoTag(length);
            tail.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size of a leaf was wrong", e);
        }
        return array;
    }

    private static int messageBytes(int length) {
        return 2 + 1 + varint(length) + length + 1 + varint(length);
    }

    private static int varint(int value) {
        return CodedOutputStream.computeUInt32SizeNoTag(value);
    }
}
