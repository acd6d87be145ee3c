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

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Identifies a message in gossip: the first 16 bytes of its author's id and the 8 bytes of its sequence number. All
 * peers of a network must build it alike. What peers send as ids is any bytes.
 *
 * <pre>
 * | author, 16 bytes | seqno, 8 bytes |
 * </pre>
 */
final class MessageId implements Comparable<MessageId> {
    /** Longest id that is taken from a peer; longer ones match nothing of ours anyway. */
    static final int MAX_BYTES = 128;

    static final int AUTHOR_BYTES = 16;
    static final int SEQNO_BYTES = 8;

    private final byte[] bytes;
    private final int hash;

    private MessageId(byte[] bytes) {
        this.bytes = bytes;
        this.hash = hash(bytes);
    }

    /** FNV-1a: sequence numbers differ in their last bytes only, which the hash of an array leaves close together. */
    private static int hash(byte[] bytes) {
        int sum = 0x811C9DC5;
        for (byte b : bytes) {
            sum = (sum ^ b & 0xff) * 0x01000193;
        }
        return sum;
    }

    /** Owns {@code bytes}. */
    static MessageId of(byte[] bytes) {
        return new MessageId(bytes);
    }

    /**
     * The id of a message.
     *
     * @throws IllegalArgumentException if the author is too short or the sequence number is not 8 bytes long
     */
    static MessageId of(byte[] author, byte[] seqno) {
        if (author.length < AUTHOR_BYTES || seqno.length != SEQNO_BYTES) {
            throw new IllegalArgumentException("a message needs an author of at least " + AUTHOR_BYTES
                    + " bytes and a sequence number of " + SEQNO_BYTES + ", not " + author.length + " and "
                    + seqno.length);
        }
        byte[] id = Arrays.copyOf(author, AUTHOR_BYTES + SEQNO_BYTES);
        System.arraycopy(seqno, 0, id, AUTHOR_BYTES, SEQNO_BYTES);
        return new MessageId(id);
    }

    /** The bytes themselves: not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** By the bytes, so that a map finds ids quickly too whose hashes were made to be equal. */
    @Override
    public int compareTo(MessageId other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
