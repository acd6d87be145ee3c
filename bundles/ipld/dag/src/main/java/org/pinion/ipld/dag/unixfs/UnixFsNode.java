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

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UnixFS message inside the data of a dag-pb node.
 *
 * <pre>
 * 1 type varint   2 data bytes      3 filesize varint   4 blocksizes varint, repeated
 * 5 hash varint   6 fan-out varint  7 mode varint       8 mtime { 1 seconds varint  2 nanoseconds fixed32 }
 * </pre>
 *
 * @param type what the node is
 * @param data content, link target or bit field; null if absent; not copied
 * @param fileSize bytes of the file below this node, {@link #ABSENT} if not given
 * @param blockSizes bytes of the file below each link, in the order of the links
 * @param hashType multicodec of the hash of a HAMT, or {@link #ABSENT}
 * @param fanout slots of a HAMT node, or {@link #ABSENT}
 * @param mode POSIX permission bits, or {@link #ABSENT}
 * @param mtime time of the last change, null if not given
 * @spec UnixFS "Data Format"
 */
public record UnixFsNode(
        UnixFsType type,
        byte @Nullable [] data,
        long fileSize,
        List<Long> blockSizes,
        long hashType,
        long fanout,
        long mode,
        @Nullable Mtime mtime) {
    /** A number that is not there. */
    public static final long ABSENT = -1;

    private static final List<UnixFsType> TYPES = List.of(UnixFsType.values());

    /**
     * A time of change.
     *
     * @param seconds since 1970, may be negative
     * @param nanos below 1,000,000,000; 0 is not written
     */
    public record Mtime(long seconds, int nanos) {}

    // written out, not compact: the null checker does not see the annotation of an array in a compact constructor
    public UnixFsNode(
            UnixFsType type,
            byte @Nullable [] data,
            long fileSize,
            List<Long> blockSizes,
            long hashType,
            long fanout,
            long mode,
            @Nullable Mtime mtime) {
        this.type = type;
        this.data = data;
        this.fileSize = fileSize;
        this.blockSizes = List.copyOf(blockSizes);
        this.hashType = hashType;
        this.fanout = fanout;
        this.mode = mode;
        this.mtime = mtime;
    }

    private static UnixFsNode of(UnixFsType type, byte @Nullable [] data, long fileSize, List<Long> blockSizes) {
        return new UnixFsNode(type, data, fileSize, blockSizes, ABSENT, ABSENT, ABSENT, null);
    }

    /** A file, or a piece of one, whose content is below its links. */
    public static UnixFsNode file(long fileSize, List<Long> blockSizes) {
        return of(UnixFsType.FILE, null, fileSize, blockSizes);
    }

    /** A plain directory. */
    public static UnixFsNode directory() {
        return of(UnixFsType.DIRECTORY, null, ABSENT, List.of());
    }

    /** A symbolic link. */
    public static UnixFsNode symlink(String target) {
        return of(UnixFsType.SYMLINK, target.getBytes(StandardCharsets.UTF_8), ABSENT, List.of());
    }

    /** A node of a HAMT directory; the hash is murmur3-x64-64. */
    static UnixFsNode shard(byte[] bitField, int fanout) {
        return new UnixFsNode(
                UnixFsType.HAMT_SHARD, bitField, ABSENT, List.of(), Murmur3.MULTICODEC, fanout, ABSENT, null);
    }

    /** Encodes the message as Go does: ascending fields, block sizes unpacked. */
    public byte[] encode() {
        byte[] encoded = new byte[encodedBytes()];
        CodedOutputStream out = CodedOutputStream.newInstance(encoded);
        try {
            out.writeUInt32(1, type.ordinal());
            if (data != null) {
                out.writeByteArray(2, data);
            }
            write(out, 3, fileSize);
            for (long size : blockSizes) {
                out.writeUInt64(4, size);
            }
            write(out, 5, hashType);
            write(out, 6, fanout);
            write(out, 7, mode);
            if (mtime != null) {
                out.writeTag(8, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(mtimeBytes(mtime));
                out.writeUInt64(1, mtime.seconds());
                if (mtime.nanos() != 0) {
                    out.writeFixed32(2, mtime.nanos());
                }
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size of a UnixFS node was wrong", e);
        }
        return encoded;
    }

    private int encodedBytes() {
        int size = 2;
        if (data != null) {
            size += CodedOutputStream.computeByteArraySize(2, data);
        }
        for (long blockSize : blockSizes) {
            size += CodedOutputStream.computeUInt64Size(4, blockSize);
        }
        for (long number : new long[] {fileSize, hashType, fanout, mode}) {
            size += number == ABSENT ? 0 : CodedOutputStream.computeUInt64Size(3, number);
        }
        if (mtime != null) {
            int inner = mtimeBytes(mtime);
            size += 1 + CodedOutputStream.computeUInt32SizeNoTag(inner) + inner;
        }
        return size;
    }

    private static int mtimeBytes(Mtime mtime) {
        return CodedOutputStream.computeUInt64Size(1, mtime.seconds()) + (mtime.nanos() == 0 ? 0 : 5);
    }

    private static void write(CodedOutputStream out, int field, long number) throws IOException {
        if (number != ABSENT) {
            out.writeUInt64(field, number);
        }
    }

    /**
     * Decodes the message; unknown fields are passed over.
     *
     * @throws IllegalArgumentException if it is malformed, or its type is missing or unknown
     */
    public static UnixFsNode decode(byte[] encoded) {
        try {
            return new Decoder().decode(CodedInputStream.newInstance(encoded));
        } catch (IOException e) {
            throw new IllegalArgumentException("bad UnixFS node: " + e.getMessage(), e);
        }
    }

    /** Whether the node stands for content of a file. */
    public boolean isFile() {
        return type == UnixFsType.FILE || type == UnixFsType.RAW;
    }

    /** Whether the node is a directory of either kind. */
    public boolean isDirectory() {
        return type == UnixFsType.DIRECTORY || type == UnixFsType.HAMT_SHARD;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnixFsNode node && Arrays.equals(encode(), node.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encode());
    }

    private static final class Decoder {
        private @Nullable UnixFsType type;
        private byte @Nullable [] data;
        private long fileSize = ABSENT;
        private final List<Long> blockSizes = new ArrayList<>();
        private long hashType = ABSENT;
        private long fanout = ABSENT;
        private long mode = ABSENT;
        private @Nullable Mtime mtime;

        UnixFsNode decode(CodedInputStream in) throws IOException {
            in.setRecursionLimit(8);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                field(in, tag);
            }
            if (type == null) {
                throw new IllegalArgumentException("bad UnixFS node: it has no type");
            }
            return new UnixFsNode(type, data, fileSize, blockSizes, hashType, fanout, mode, mtime);
        }

        private void field(CodedInputStream in, int tag) throws IOException {
            switch (tag) {
                case 1 << 3 -> type = type(in.readRawVarint64());
                case 2 << 3 | 2 -> data = in.readByteArray();
                case 3 << 3 -> fileSize = size(in.readRawVarint64(), "file size");
                case 4 << 3 -> blockSizes.add(size(in.readRawVarint64(), "block size"));
                case 4 << 3 | 2 -> packedBlockSizes(in);
                case 5 << 3 -> hashType = size(in.readRawVarint64(), "hash type");
                case 6 << 3 -> fanout = size(in.readRawVarint64(), "fan-out");
                case 7 << 3 -> mode = in.readRawVarint32() & 0xffff_ffffL;
                case 8 << 3 | 2 -> mtime = mtime(in);
                default -> in.skipField(tag);
            }
        }

        private void packedBlockSizes(CodedInputStream in) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            while (!in.isAtEnd()) {
                blockSizes.add(size(in.readRawVarint64(), "block size"));
            }
            in.popLimit(outer);
        }

        private static Mtime mtime(CodedInputStream in) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            long seconds = 0;
            int nanos = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 -> seconds = in.readRawVarint64();
                    case 2 << 3 | 5 -> nanos = in.readRawLittleEndian32();
                    default -> in.skipField(tag);
                }
            }
            in.popLimit(outer);
            return new Mtime(seconds, nanos);
        }

        private static UnixFsType type(long number) {
            if (number < 0 || number >= TYPES.size()) {
                throw new IllegalArgumentException(
                        "bad UnixFS node: type " + Long.toUnsignedString(number) + " is unknown");
            }
            return TYPES.get((int) number);
        }

        private static long size(long number, String what) {
            if (number < 0) {
                throw new IllegalArgumentException(
                        "bad UnixFS node: " + what + " " + Long.toUnsignedString(number) + " is beyond 2^63-1");
            }
            return number;
        }
    }
}
