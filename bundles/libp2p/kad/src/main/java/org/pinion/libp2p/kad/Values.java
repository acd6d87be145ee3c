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
package org.pinion.libp2p.kad;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.kad.KadMessage.Value;

/**
 * Stored values: public keys of peers under {@code /pk/<peer id>}, the only ones that prove themselves. In memory and
 * bounded, the eldest goes first. No clock; one thread.
 */
final class Values {
    private static final byte[] PUBLIC_KEY = "/pk/".getBytes(StandardCharsets.US_ASCII);

    private record Entry(Value value, long since) {}

    private final LinkedHashMap<ByteBuffer, Entry> entries = new LinkedHashMap<>();

    /**
     * Stores a value.
     *
     * @throws ProtocolException if it names another key, or is too large
     * @throws Refusal if it does not prove itself, or is of a kind that is not stored here
     */
    void put(byte[] key, Value value, Instant wall, long now) {
        if (!Arrays.equals(key, value.key())) {
            throw ProtocolException.resetStream("a value to store names another key than its message");
        }
        if (value.value().length > Limits.VALUE_BYTES) {
            throw ProtocolException.resetStream(
                    "a value to store has " + value.value().length + " bytes, limit " + Limits.VALUE_BYTES);
        }
        checkPublicKey(key, value.value());
        ByteBuffer name = ByteBuffer.wrap(key);
        entries.remove(name);
        String received = wall.truncatedTo(ChronoUnit.MICROS).toString();
        entries.put(name, new Entry(new Value(key, value.value(), received), now));
        if (entries.size() > Limits.VALUES) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    private static void checkPublicKey(byte[] key, byte[] value) {
        int at = PUBLIC_KEY.length;
        if (key.length <= at || !Arrays.equals(key, 0, at, PUBLIC_KEY, 0, at)) {
            throw new Refusal("only public keys of peers are stored here");
        }
        boolean fits;
        try {
            PeerId peer = PeerId.ofBytes(Arrays.copyOfRange(key, at, key.length));
            fits = peer.matches(PublicKey.unmarshal(value));
        } catch (IllegalArgumentException e) {
            fits = false;
        }
        if (!fits) {
            throw new Refusal("a public key to store is not that of the peer");
        }
    }

    /** A stored value, or null. */
    @Nullable
    Value get(byte[] key, long now) {
        Entry found = entries.get(ByteBuffer.wrap(key));
        return found == null || isOver(found, now) ? null : found.value;
    }

    /** Forgets what is too old. */
    void expire(long now) {
        entries.values().removeIf(entry -> isOver(entry, now));
    }

    private static boolean isOver(Entry entry, long now) {
        return now - entry.since > Limits.VALUE_TTL.toNanos();
    }

    int size() {
        return entries.size();
    }
}
