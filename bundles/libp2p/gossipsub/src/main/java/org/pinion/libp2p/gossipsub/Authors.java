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
package org.pinion.libp2p.gossipsub;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;

/**
 * Checks who wrote messages. The keys of the last authors are kept, so that they are not read again for every message.
 * Not thread-safe.
 */
final class Authors {
    /** Authors that are remembered; who has written least recently is forgotten first. */
    static final int MAX_KNOWN = 1024;

    /** An author, and the key as its messages carry it: null when the id holds it. */
    private static final class Author {
        final PeerId id;
        final PublicKey key;
        final byte @Nullable [] given;

        Author(PeerId id, PublicKey key, byte @Nullable [] given) {
            this.id = id;
            this.key = key;
            this.given = given;
        }
    }

    private final Map<ByteBuffer, Author> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Author> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    /** The author of a message if its signature is there and good. */
    Optional<PeerId> of(Message message) {
        byte[] from = message.from();
        byte[] signature = message.signature();
        if (from == null || signature == null) {
            return Optional.empty();
        }
        ByteBuffer name = ByteBuffer.wrap(from);
        Author author = known.get(name);
        if (author == null || !Arrays.equals(author.given, message.key())) {
            author = read(from, message.key());
        }
        if (author == null || !author.key.verify(Signatures.signed(message), signature)) {
            return Optional.empty();
        }
        // only who signs is remembered: forged authors displace nobody
        known.put(name, author);
        return Optional.of(author.id);
    }

    private static @Nullable Author read(byte[] from, byte @Nullable [] given) {
        try {
            PeerId id = PeerId.ofBytes(from);
            Optional<PublicKey> key = given == null
                    ? id.inlineKey()
                    : Optional.of(PublicKey.unmarshal(given)).filter(id::matches);
            return key.map(found -> new Author(id, found, given)).orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** How many authors are remembered. */
    int size() {
        return known.size();
    }
}
