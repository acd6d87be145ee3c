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

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/** Writes canonical dag-cbor. */
final class CborWriter {
    private static final Comparator<byte[]> KEY_ORDER =
            Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);
    private static final BigInteger MAX_HEAD = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] toBytes() {
        return out.toByteArray();
    }

    void value(@Nullable Object value, int depth) {
        if (depth > DagCbor.MAX_DEPTH) {
            throw new IllegalArgumentException("value nested deeper than " + DagCbor.MAX_DEPTH);
        }
        if (value == null) {
            out.write(0xf6);
        } else if (value instanceof Map<?, ?> map) {
            map(map, depth);
        } else if (value instanceof Collection<?> list) {
            head(CborReader.LIST, list.size());
            list.forEach(element -> value(element, depth + 1));
        } else if (value instanceof Cid cid) {
            link(cid);
        } else if (value instanceof byte[] bytes) {
            bytes(CborReader.BYTES, bytes);
        } else if (value instanceof String text) {
            bytes(CborReader.TEXT, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof Boolean bool) {
            out.write(bool ? 0xf5 : 0xf4);
        } else if (value instanceof Number number) {
            number(number);
        } else {
            throw new IllegalArgumentException(
                    "dag-cbor has no form for " + value.getClass().getName());
        }
    }

    private void map(Map<?, ?> map, int depth) {
        TreeMap<byte[], @Nullable Object> sorted = new TreeMap<>(KEY_ORDER);
        map.forEach((key, value) -> {
            if (!(key instanceof String text)) {
                throw new IllegalArgumentException("dag-cbor map key is not a string: " + key);
            }
            sorted.put(text.getBytes(StandardCharsets.UTF_8), value);
        });
        head(CborReader.MAP, sorted.size());
        sorted.forEach((key, value) -> {
            bytes(CborReader.TEXT, key);
            value(value, depth + 1);
        });
    }

    private void link(Cid cid) {
        byte[] bytes = cid.bytes();
        head(CborReader.TAG, CborReader.LINK_TAG);
        head(CborReader.BYTES, bytes.length + 1L);
        out.write(0); // the multibase prefix of binary, which dag-cbor demands
        out.writeBytes(bytes);
    }

    private void number(Number number) {
        if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("dag-cbor has no form for " + value);
            }
            out.write(0xfb);
            out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
        } else if (number instanceof BigInteger big) {
            boolean negative = big.signum() < 0;
            BigInteger argument = negative ? big.not() : big;
            if (argument.compareTo(MAX_HEAD) > 0) {
                throw new IllegalArgumentException("integer needs more than 64 bits: " + big);
            }
            head(negative ? CborReader.NEGATIVE : CborReader.UNSIGNED, argument.longValue());
        } else {
            long value = number.longValue();
            head(value < 0 ? CborReader.NEGATIVE : CborReader.UNSIGNED, value < 0 ? ~value : value);
        }
    }

    private void bytes(int major, byte[] bytes) {
        head(major, bytes.length);
        out.writeBytes(bytes);
    }

    /** Writes a head in its shortest form; the argument is unsigned. */
    private void head(int major, long argument) {
        int type = major << 5;
        if (Long.compareUnsigned(argument, 24) < 0) {
            out.write(type | (int) argument);
            return;
        }
        int log = argument >>> 8 == 0 ? 0 : argument >>> 16 == 0 ? 1 : argument >>> 32 == 0 ? 2 : 3;
        out.write(type | (24 + log));
        for (int shift = (8 << log) - 8; shift >= 0; shift -= 8) {
            out.write((int) (argument >>> shift));
        }
    }
}
