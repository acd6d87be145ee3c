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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multibase;
import org.pinion.ipld.multiformats.Varint;

/**
 * A key of the set. In deltas it is text; that of a pin is {@code "/" base32(cid)}, upper case and without padding. In the
 * datastore it is short and ends by itself, so that keys can be followed by other bytes:
 *
 * <pre>
 * 01 varint(length) cid    key of a pin
 * 02 varint(length) utf8   any other key
 * </pre>
 */
final class SetKey {
    private final String text;
    private final byte[] packed;
    private final @Nullable Cid cid;
    private final int hash;

    private SetKey(String text, int form, byte[] body, @Nullable Cid cid) {
        this.text = text;
        this.cid = cid;
        ByteBuffer row = ByteBuffer.allocate(1 + Varint.size(body.length) + body.length);
        row.put((byte) form);
        Varint.write(body.length, row);
        packed = row.put(body).array();
        hash = Arrays.hashCode(packed);
    }

    static SetKey of(Cid cid) {
        return new SetKey("/" + cid.base32Upper(), 1, cid.bytes(), cid);
    }

    static SetKey of(String text) {
        String key = text.startsWith("/") ? text : "/" + text;
        Cid cid = cidIn(key);
        return cid != null
                ? new SetKey(key, 1, cid.bytes(), cid)
                : new SetKey(key, 2, key.getBytes(StandardCharsets.UTF_8), null);
    }

    private static @Nullable Cid cidIn(String key) {
        try {
            Cid cid = Cid.ofBytes(Multibase.base32Upper(key.substring(1)));
            return key.equals("/" + cid.base32Upper()) ? cid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The key in the datastore; not to be changed. */
    byte[] packed() {
        return packed;
    }

    /** The key in deltas. */
    String text() {
        return text;
    }

    /** Whether a key in a delta, which may lack the slash, is this one. */
    boolean isText(String other) {
        return text.equals(other) || !other.startsWith("/") && text.equals("/" + other);
    }

    /** The pin that the key stands for, or null. */
    @Nullable
    Cid cid() {
        return cid;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SetKey that && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return text;
    }
}
