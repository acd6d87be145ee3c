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
package org.pinion.ipld.dag.car;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.multiformats.Cid;

/**
 * Reads a CAR of version 1 block by block and checks every block against its CID. Holds one block; used by one thread;
 * blocks as the stream does. Whatever is wrong with the archive is an {@link IOException} that says where.
 *
 * <pre>
 * archive = section(header) { section(cid data) }
 * section = varint(length) bytes
 * header  = dag-cbor { "roots": [cid …], "version": 1 }
 * </pre>
 *
 * @spec IPLD "CARv1"
 */
public final class CarReader implements Closeable {
    /** Longest header; enough for 20,000 roots. */
    public static final int MAX_HEADER_BYTES = 1 << 20;
    /** Longest section of one block, as in the reference's reader. */
    public static final int MAX_SECTION_BYTES = 8 << 20;

    private static final int MAX_CID_BYTES = 256;
    private static final int STEP_BYTES = 64 << 10;

    private final InputStream in;
    private final List<Cid> roots;
    private long position;

    /**
     * Reads the header. The stream should be buffered.
     *
     * @throws IOException if it is not a CAR of version 1
     */
    public CarReader(InputStream in) throws IOException {
        this.in = in;
        byte[] header = section(MAX_HEADER_BYTES, "header");
        if (header == null) {
            throw new EOFException("CAR is empty");
        }
        this.roots = rootsOf(header);
    }

    /** The roots that the header names, possibly none; their blocks need not be in the archive. */
    public List<Cid> roots() {
        return roots;
    }

    /**
     * Reads the next block.
     *
     * @return null at the end of the archive
     * @throws IOException also if the bytes of a block do not match its CID
     */
    public @Nullable Block next() throws IOException {
        long start = position;
        byte[] section = section(MAX_SECTION_BYTES, "block");
        if (section == null) {
            return null;
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(section, 0, Math.min(section.length, MAX_CID_BYTES));
            Cid cid = Cid.read(buffer);
            byte[] data = new byte[section.length - buffer.position()];
            System.arraycopy(section, buffer.position(), data, 0, data.length);
            if (!cid.multihash().matches(data)) {
                throw new IOException("CAR block at byte " + start + " does not match its CID " + cid + " ("
                        + data.length + " bytes)");
            }
            return new Block(cid, data);
        } catch (IllegalArgumentException e) {
            throw new IOException("CAR block at byte " + start + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Cid> rootsOf(byte[] header) throws IOException {
        Object decoded;
        try {
            decoded = DagCbor.decode(header);
        } catch (IllegalArgumentException e) {
            throw new IOException("CAR header cannot be read: " + e.getMessage(), e);
        }
        if (!(decoded instanceof Map<?, ?> map)) {
            throw new IOException("CAR header is not a map");
        }
        if (!Long.valueOf(1).equals(map.get("version"))) {
            throw new IOException("CAR has version " + map.get("version") + ", only version 1 can be read");
        }
        List<Cid> roots = new ArrayList<>();
        if (map.get("roots") instanceof List<?> list) {
            for (Object root : list) {
                if (!(root instanceof Cid cid)) {
                    throw new IOException("CAR header has a root that is not a CID: " + root);
                }
                roots.add(cid);
            }
        }
        return List.copyOf(roots);
    }

    private byte @Nullable [] section(int maxBytes, String what) throws IOException {
        long start = position;
        long length = 0;
        for (int shift = 0; ; shift += 7) {
            int octet = in.read();
            if (octet < 0 && shift == 0) {
                return null;
            }
            if (octet < 0) {
                throw new EOFException("CAR ends inside the length of a " + what + " at byte " + start);
            }
            position++;
            length |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                break;
            }
            if (shift >= 56) {
                throw new IOException("CAR " + what + " at byte " + start + " has a length of more than 9 bytes");
            }
        }
        if (length == 0 || length > maxBytes) {
            throw new IOException(
                    "CAR " + what + " at byte " + start + " has " + length + " bytes, allowed are 1 to " + maxBytes);
        }
        return bytes((int) length, start, what);
    }

    /** Reads in steps, so that a length without bytes behind it does not allocate what it claims. */
    private byte[] bytes(int length, long start, String what) throws IOException {
        byte[] first = in.readNBytes(Math.min(length, STEP_BYTES));
        byte[] bytes = first;
        if (first.length == STEP_BYTES && length > STEP_BYTES) {
            bytes = new byte[length];
            System.arraycopy(first, 0, bytes, 0, STEP_BYTES);
            int more = in.readNBytes(bytes, STEP_BYTES, length - STEP_BYTES);
            if (more < length - STEP_BYTES) {
                throw cut(start, what);
            }
        } else if (first.length < length) {
            throw cut(start, what);
        }
        position += length;
        return bytes;
    }

    private static EOFException cut(long start, String what) {
        return new EOFException("CAR ends inside the " + what + " at byte " + start);
    }

    /** Closes the stream. */
    @Override
    public void close() throws IOException {
        in.close();
    }
}
