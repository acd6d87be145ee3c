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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/**
 * The dag-cbor codec. Encoding is canonical: shortest heads, 64-bit floats, map keys sorted by length and then bytewise.
 * Decoding takes what Go implementations take: any map order, longer heads, indefinite lengths; but no tag other than 42
 * (a link), no map key that is not a string, no repeated key, nothing after the value.
 *
 * <p>Values are {@link Map} with string keys, {@link List}, {@link String}, {@code byte[]}, {@link Cid}, {@link Boolean},
 * {@link Double}, {@link Long} (also other integers when encoding; {@link java.math.BigInteger} beyond 63 bits) and null.
 *
 * @spec IPLD "DAG-CBOR"
 */
public final class DagCbor {
    /** Longest block that is decoded, as for dag-pb. */
    public static final int MAX_BLOCK_BYTES = 4 << 20;
    /** Deepest nesting of lists and maps that is decoded or encoded. */
    public static final int MAX_DEPTH = 256;

    private DagCbor() {}

    /**
     * Encodes a value canonically.
     *
     * @throws IllegalArgumentException if the value holds something that dag-cbor has no form for
     */
    public static byte[] encode(@Nullable Object value) {
        CborWriter out = new CborWriter();
        out.value(value, 0);
        return out.toBytes();
    }

    /**
     * Decodes a block to a value; maps keep the order of the encoding.
     *
     * @throws IllegalArgumentException if the bytes are not dag-cbor, too long or nested too deeply
     */
    public static @Nullable Object decode(byte[] encoded) {
        CborReader in = new CborReader(checked(encoded));
        Object value = in.value(0);
        in.end();
        return value;
    }

    /**
     * Returns all links of a block in the order of the encoding, without building the values around them.
     *
     * @throws IllegalArgumentException as {@link #decode(byte[])}
     */
    public static List<Cid> links(byte[] encoded) {
        CborReader in = new CborReader(checked(encoded));
        List<Cid> links = new ArrayList<>();
        in.skip(0, links);
        in.end();
        return links;
    }

    /** Encodes links under the names "0", "1", … as in a shard of a cluster DAG. */
    public static byte[] encodeLinks(List<Cid> links) {
        Map<String, Cid> named = new LinkedHashMap<>();
        for (Cid link : links) {
            named.put(Integer.toString(named.size()), link);
        }
        return encode(named);
    }

    /**
     * Decodes a map that holds links only, as a shard of a cluster DAG does; in the order of the encoding.
     *
     * @throws IllegalArgumentException as {@link #decode(byte[])}, or if the block is something else
     */
    public static Map<String, Cid> decodeLinks(byte[] encoded) {
        if (!(decode(encoded) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("dag-cbor block is not a map of links");
        }
        Map<String, Cid> links = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (!(name instanceof String key) || !(value instanceof Cid link)) {
                throw new IllegalArgumentException("dag-cbor map of links holds something else under \"" + name + "\"");
            }
            links.put(key, link);
        });
        return links;
    }

    private static byte[] checked(byte[] encoded) {
        if (encoded.length > MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException(
                    "dag-cbor block of " + encoded.length + " bytes, the limit is " + MAX_BLOCK_BYTES);
        }
        return encoded;
    }
}
