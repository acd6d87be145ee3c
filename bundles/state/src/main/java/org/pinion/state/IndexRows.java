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
import java.util.Map;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;

/**
 * Keys of the secondary indexes; their values are empty.
 *
 * <pre>
 * 'c' seconds(8, big endian) cid            pins by the time they were made
 * 'e' seconds(8, big endian) cid            pins that end, by time
 * 'm' key 00 00 value 00 00 cid             pins with metadata
 * 'n' name 00 00 cid                        pins with a name
 * 't' type's bit(1) cid                     pins that are not plain data
 * </pre>
 *
 * At most 256 bytes of a name, key or value are there, and 00 in it is written as 00 ff.
 */
final class IndexRows {
    private static final int MAX_TEXT_BYTES = 256;
    private static final int TIME_PREFIX_BYTES = 1 + Long.BYTES;

    private IndexRows() {}

    /** All index keys of a pin. */
    static List<byte[]> of(Pin pin) {
        List<byte[]> rows = new ArrayList<>(4);
        byte[] cid = pin.cid().bytes();
        Instant made = pin.timestamp();
        if (made != null && made.getEpochSecond() > 0) {
            rows.add(join(created(made.getEpochSecond()), cid));
        }
        Instant end = pin.options().expireAt();
        if (end != null && end.getEpochSecond() > 0) {
            rows.add(join(expiry(end.getEpochSecond()), cid));
        }
        if (!pin.options().name().isEmpty()) {
            rows.add(join(name(pin.options().name()), cid));
        }
        for (Map.Entry<String, String> entry : pin.options().metadata().entrySet()) {
            byte[] row = join(metadata(entry.getKey(), entry.getValue()), cid);
            if (!contains(rows, row)) {
                rows.add(row);
            }
        }
        if (pin.type() != PinType.DATA) {
            rows.add(join(type(pin.type()), cid));
        }
        return rows;
    }

    /** Whether a key is one of those. */
    static boolean contains(List<byte[]> rows, byte[] row) {
        for (byte[] other : rows) {
            if (Arrays.equals(other, row)) {
                return true;
            }
        }
        return false;
    }

    /** The start of all keys with an end at or after that second. */
    static byte[] expiry(long second) {
        return time('e', second);
    }

    /** The start of all keys of pins made at or after that second. */
    static byte[] created(long second) {
        return time('c', second);
    }

    private static byte[] time(char index, long second) {
        return ByteBuffer.allocate(TIME_PREFIX_BYTES)
                .put((byte) index)
                .putLong(second)
                .array();
    }

    /** The CID in a key that starts with a time. */
    static Cid cidOfTime(byte[] key) {
        return Cid.ofBytes(Arrays.copyOfRange(key, TIME_PREFIX_BYTES, key.length));
    }

    /** The start of all keys of that name, and of longer names that begin with the same 256 bytes. */
    static byte[] name(String name) {
        ByteArrayOutputStream out = start('n');
        text(out, name);
        end(out);
        return out.toByteArray();
    }

    /** The start of all keys of names that begin so. */
    static byte[] namePrefix(String prefix) {
        ByteArrayOutputStream out = start('n');
        text(out, prefix);
        return out.toByteArray();
    }

    /** The start of all keys of that metadata. */
    static byte[] metadata(String key, String value) {
        ByteArrayOutputStream out = start('m');
        text(out, key);
        end(out);
        text(out, value);
        end(out);
        return out.toByteArray();
    }

    /** The start of all keys of that type; there are none of {@link PinType#DATA}. */
    static byte[] type(PinType type) {
        return new byte[] {'t', (byte) type.bit()};
    }

    /** The CID in a key that starts with {@code prefix}. */
    static Cid cidBehind(byte[] prefix, byte[] key) {
        return Cid.ofBytes(Arrays.copyOfRange(key, prefix.length, key.length));
    }

    /** The CID in any key of the index of names. */
    static Cid cidOfName(byte[] key) {
        int i = 1;
        while (key[i] != 0 || key[i + 1] != 0) {
            i += key[i] == 0 ? 2 : 1;
        }
        return Cid.ofBytes(Arrays.copyOfRange(key, i + 2, key.length));
    }

    private static ByteArrayOutputStream start(char index) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        out.write(index);
        return out;
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < Math.min(utf8.length, MAX_TEXT_BYTES); i++) {
            out.write(utf8[i]);
            if (utf8[i] == 0) {
                out.write(0xff);
            }
        }
    }

    private static void end(ByteArrayOutputStream out) {
        out.write(0);
        out.write(0);
    }

    /** The end of the keys that start with {@code prefix}, which has a byte that is not ff. */
    static byte[] endOf(byte[] prefix) {
        int last = prefix.length - 1;
        while (prefix[last] == (byte) 0xff) {
            last--;
        }
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
    }

    static byte[] join(byte[] prefix, byte[] cid) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + cid.length);
        System.arraycopy(cid, 0, key, prefix.length, cid.length);
        return key;
    }
}
