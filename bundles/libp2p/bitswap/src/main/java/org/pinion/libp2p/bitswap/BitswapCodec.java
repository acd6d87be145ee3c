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
package org.pinion.libp2p.bitswap;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.bitswap.BitswapMessage.Block;
import org.pinion.libp2p.bitswap.BitswapMessage.Presence;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

/**
 * Messages of bitswap. Unknown fields are skipped. The caller bounds the size of a message; here the number of elements
 * and the size of a block are bounded.
 */
final class BitswapCodec {
    /** Elements of all lists of a message together. */
    static final int MAX_ELEMENTS = 65_536;
    /** Longer CIDs are not looked for: the reference ignores them too. */
    static final int MAX_CID_BYTES = 168;

    private static final int BYTES = 2;

    private BitswapCodec() {}

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    // ---- writing ----

    /** A message in the form of a version, with its length before it. Older versions have no presences. */
    static ByteBuffer frame(BitswapMessage message, Dialect dialect) {
        byte[] wants = wantList(message);
        List<byte[]> presences = dialect.presences()
                ? message.presences().stream().map(BitswapCodec::presence).toList()
                : List.of();
        int size = fieldSize(wants.length);
        for (Block block : message.blocks()) {
            size += fieldSize(dialect.prefixes() ? blockSize(block) : block.data().length);
        }
        for (byte[] presence : presences) {
            size += fieldSize(presence.length);
        }
        ByteBuffer frame = ByteBuffer.allocate(Varint.size(size) + size);
        Varint.write(size, frame);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(frame.array(), frame.position(), size);
            out.writeByteArray(1, wants);
            for (Block block : message.blocks()) {
                writeBlock(out, block, dialect);
            }
            for (byte[] presence : presences) {
                out.writeByteArray(4, presence);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return frame.rewind();
    }

    private static void writeBlock(CodedOutputStream out, Block block, Dialect dialect) throws IOException {
        if (dialect.prefixes()) {
            out.writeTag(3, BYTES);
            out.writeUInt32NoTag(blockSize(block));
            out.writeByteArray(1, block.prefix().bytes());
            out.writeByteArray(2, block.data());
        } else {
            out.writeByteArray(2, block.data());
        }
    }

    /** Bytes that a block takes in a message. */
    static int blockSize(Block block) {
        return fieldSize(block.prefix().bytes().length) + fieldSize(block.data().length);
    }

    private static int fieldSize(int bytes) {
        return 1 + Varint.size(bytes) + bytes;
    }

    private static byte[] wantList(BitswapMessage message) {
        return write(out -> {
            for (Want want : message.wants()) {
                out.writeByteArray(1, want(want));
            }
            if (message.full()) {
                out.writeBool(2, true);
            }
        });
    }

    private static byte[] want(Want want) {
        return write(out -> {
            out.writeByteArray(1, want.cid().bytes());
            if (want.priority() != 0) {
                out.writeInt32(2, want.priority());
            }
            if (want.cancel()) {
                out.writeBool(3, true);
            }
            if (want.haveOnly()) {
                out.writeEnum(4, 1);
            }
            if (want.sendDontHave()) {
                out.writeBool(5, true);
            }
        });
    }

    private static byte[] presence(Presence presence) {
        return write(out -> {
            out.writeByteArray(1, presence.cid().bytes());
            if (!presence.have()) {
                out.writeEnum(2, 1);
            }
        });
    }

    private static byte[] write(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 256);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    // ---- reading ----

    /**
     * Reads a message.
     *
     * @param maxBlockBytes largest block that is taken
     * @throws ProtocolException if it is malformed or over a limit; the stream must be reset
     */
    static BitswapMessage decode(byte[] message, int maxBlockBytes) {
        try {
            return new Reader(message, maxBlockBytes).message();
        } catch (IOException | IllegalArgumentException e) {
            throw ProtocolException.resetStream(
                    "malformed bitswap message of " + message.length + " bytes: " + e.getMessage());
        }
    }

    private static int tag(int field) {
        return field << 3 | BYTES;
    }

    /** Reads one message. */
    private static final class Reader {
        private final CodedInputStream in;
        private final int maxBlockBytes;
        private final List<Want> wants = new ArrayList<>();
        private final List<Block> blocks = new ArrayList<>();
        private final List<Presence> presences = new ArrayList<>();
        private boolean full;
        private int elements;

        Reader(byte[] message, int maxBlockBytes) {
            this.in = CodedInputStream.newInstance(message);
            this.maxBlockBytes = maxBlockBytes;
        }

        BitswapMessage message() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> nested(this::wantList);
                    case 2 << 3 | BYTES -> {
                        count();
                        blocks.add(new Block(CidPrefix.V0, data()));
                    }
                    case 3 << 3 | BYTES -> nested(this::block);
                    case 4 << 3 | BYTES -> nested(this::presence);
                    default -> skip(tag);
                }
            }
            return new BitswapMessage(wants, full, blocks, presences);
        }

        private void wantList() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    nested(this::want);
                } else if (tag == 2 << 3) {
                    full = in.readBool();
                } else {
                    skip(tag);
                }
            }
        }

        private void want() throws IOException {
            byte[] cid = {};
            int priority = 0;
            boolean cancel = false;
            boolean haveOnly = false;
            boolean sendDontHave = false;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> cid = in.readByteArray();
                    case 2 << 3 -> priority = in.readInt32();
                    case 3 << 3 -> cancel = in.readBool();
                    case 4 << 3 -> haveOnly = in.readEnum() == 1;
                    case 5 << 3 -> sendDontHave = in.readBool();
                    default -> skip(tag);
                }
            }
            Cid parsed = cid(cid);
            if (parsed != null) {
                wants.add(new Want(parsed, priority, cancel, haveOnly, sendDontHave));
            }
        }

        private void block() throws IOException {
            CidPrefix prefix = null;
            byte[] data = {};
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    prefix = CidPrefix.parse(in.readByteArray());
                } else if (tag == tag(2)) {
                    data = data();
                } else {
                    skip(tag);
                }
            }
            if (prefix == null) {
                throw new IllegalArgumentException("a block has no prefix");
            }
            blocks.add(new Block(prefix, data));
        }

        private byte[] data() throws IOException {
            byte[] data = in.readByteArray();
            if (data.length > maxBlockBytes) {
                throw new IllegalArgumentException("block of " + data.length + " bytes, limit " + maxBlockBytes);
            }
            return data;
        }

        private void presence() throws IOException {
            byte[] cid = {};
            boolean have = true;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    cid = in.readByteArray();
                } else if (tag == 2 << 3) {
                    have = in.readEnum() == 0;
                } else {
                    skip(tag);
                }
            }
            Cid parsed = cid(cid);
            if (parsed != null) {
                presences.add(new Presence(parsed, have));
            }
        }

        /** A CID, or null for one that nobody needs to ask for. */
        private static @Nullable Cid cid(byte[] bytes) {
            Cid cid = Cid.ofBytes(bytes);
            boolean ignored = bytes.length > MAX_CID_BYTES || cid.multihash().code() == Multihash.IDENTITY;
            return ignored ? null : cid;
        }

        private void nested(Part part) throws IOException {
            count();
            int limit = in.pushLimit(in.readRawVarint32());
            part.read();
            in.checkLastTagWas(0);
            in.popLimit(limit);
        }

        private void skip(int tag) throws IOException {
            int wireType = tag & 7;
            if (wireType == 3 || wireType == 4) {
                throw new InvalidProtocolBufferException("groups are not used here");
            }
            in.skipField(tag);
        }

        private void count() throws InvalidProtocolBufferException {
            if (++elements > MAX_ELEMENTS) {
                throw new InvalidProtocolBufferException("more than " + MAX_ELEMENTS + " elements");
            }
        }
    }

    /** Reads the fields of a nested message up to its end. */
    private interface Part {
        void read() throws IOException;
    }
}
