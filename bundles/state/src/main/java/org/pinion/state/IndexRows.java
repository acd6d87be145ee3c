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
package org.pinion.state;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;

/**
 * Keys of the secondary indexes; their values are empty.
 *
 * <pre>
 * 'e' seconds(8, big endian) cid    pins that end, by time
 * 'n' name 00 00 cid                pins with a name; at most 256 bytes of it, 00 is written as 00 ff
 * </pre>
 */
final class IndexRows {
    private static final int MAX_NAME_BYTES = 256;
    private static final int EXPIRY_PREFIX_BYTES = 1 + Long.BYTES;

    private IndexRows() {}

    /** All index keys of a pin. */
    static List<byte[]> of(Pin pin) {
        List<byte[]> rows = new ArrayList<>(2);
        byte[] cid = pin.cid().bytes();
        Instant end = pin.options().expireAt();
        if (end != null && end.getEpochSecond() > 0) {
            rows.add(join(expiry(end.getEpochSecond()), cid));
        }
        if (!pin.options().name().isEmpty()) {
            rows.add(join(name(pin.options().name()), cid));
        }
        return rows;
    }

    /** Whether a key is one of those. */
    static boolean contains(List<byte[]> rows, byte[] row) {
        return rows.stream().anyMatch(other -> Arrays.equals(other, row));
    }

    /** The start of all keys with an end at or after that second. */
    static byte[] expiry(long second) {
        return ByteBuffer.allocate(EXPIRY_PREFIX_BYTES)
                .put((byte) 'e')
                .putLong(second)
                .array();
    }

    /** The CID in a key of the expiry index. */
    static Cid cidOfExpiry(byte[] key) {
        return Cid.ofBytes(Arrays.copyOfRange(key, EXPIRY_PREFIX_BYTES, key.length));
    }

    /** The start of all keys of that name, and of longer names that begin alike. */
    static byte[] name(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(utf8.length, MAX_NAME_BYTES) + 3);
        out.write('n');
        for (int i = 0; i < Math.min(utf8.length, MAX_NAME_BYTES); i++) {
            out.write(utf8[i]);
            if (utf8[i] == 0) {
                out.write(0xff);
            }
        }
        out.write(0);
        out.write(0);
        return out.toByteArray();
    }

    /** The CID in a key that starts with {@link #name}. */
    static Cid cidOfName(byte[] key, byte[] prefix) {
        return Cid.ofBytes(Arrays.copyOfRange(key, prefix.length, key.length));
    }

    /** The end of the keys that start with {@code prefix}, whose last byte is not ff. */
    static byte[] endOf(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    private static byte[] join(byte[] prefix, byte[] cid) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + cid.length);
        System.arraycopy(cid, 0, key, prefix.length, cid.length);
        return key;
    }
}
