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
package org.pinion.api.restapi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Writes JSON as the reference does: compact, UTF-8, {@code <>&} escaped. A reused byte array, because lists of 200,000
 * pins pass through here. For one thread at a time.
 */
final class JsonBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] PLAIN = new boolean[128];
    private static final int KNOWN_PEERS = 64;
    private static final String UNSET = "\"0001-01-01T00:00:00Z\"";

    static {
        Arrays.fill(PLAIN, 0x20, 128, true);
        for (char c : "\"\\<>&".toCharArray()) {
            PLAIN[c] = false;
        }
    }

    private final ZoneId zone;
    private final boolean legacy;
    private final @Nullable PeerId[] knownPeers = new PeerId[KNOWN_PEERS];
    private byte[] bytes;
    private int size;
    /** Times come again: a pin's is that of its statuses. */
    private @Nullable Instant lastTime;

    private String lastTimeText = UNSET;

    JsonBuffer(int capacity) {
        this(capacity, false);
    }

    /**
     * An empty buffer.
     *
     * @param legacy whether records take the shapes of the 0.11 era
     */
    JsonBuffer(int capacity, boolean legacy) {
        this(capacity, ZoneId.systemDefault(), legacy);
    }

    JsonBuffer(int capacity, ZoneId zone) {
        this(capacity, zone, false);
    }

    private JsonBuffer(int capacity, ZoneId zone, boolean legacy) {
        this.bytes = new byte[capacity];
        this.zone = zone;
        this.legacy = legacy;
    }

    boolean isLegacy() {
        return legacy;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** The bytes so far; shared with this buffer, so it may be written to again only when they were sent. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** Text that is JSON already: ASCII only. */
    @SuppressWarnings("deprecation") // copies the low bytes, which is all that ASCII has
    JsonBuffer raw(String ascii) {
        int length = ascii.length();
        reserve(length);
        ascii.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    JsonBuffer raw(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** A name or identifier that needs no escapes: ASCII only. */
    JsonBuffer quoted(String ascii) {
        return raw('"').raw(ascii).raw('"');
    }

    JsonBuffer number(long value) {
        return raw(Long.toString(value));
    }

    JsonBuffer unsigned(long value) {
        return raw(Long.toUnsignedString(value));
    }

    JsonBuffer bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    /** Any text, escaped. */
    JsonBuffer string(String text) {
        int length = text.length();
        reserve(length * 6 + 2);
        bytes[size++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 128) {
                if (PLAIN[c]) {
                    bytes[size++] = (byte) c;
                } else {
                    escape(c);
                }
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[size++] = (byte) (0xf0 | point >> 18);
                bytes[size++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[size++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[size++] = (byte) (0x80 | point & 0x3f);
            } else {
                unicode(c);
            }
        }
        bytes[size++] = '"';
        return this;
    }

    /** RFC 3339 in the local zone with the shortest fraction; null = the reference's unset time. */
    JsonBuffer time(@Nullable Instant when) {
        if (when == null) {
            return raw(UNSET);
        }
        if (!when.equals(lastTime)) {
            ZoneOffset offset = zone.getRules().getOffset(when);
            lastTimeText = '"' + Times.format(when, offset) + '"';
            lastTime = when;
        }
        return raw(lastTimeText);
    }

    /** A peer's id. Its text is costly and kept in the object, so the first of equal ids is the one that is asked. */
    JsonBuffer peer(PeerId peer) {
        int slot = peer.hashCode() & (KNOWN_PEERS - 1);
        PeerId known = knownPeers[slot];
        if (known == null || !known.equals(peer)) {
            known = peer;
            knownPeers[slot] = peer;
        }
        return quoted(known.toString());
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            case '\b' -> bytes[size++] = 'b';
            case '\f' -> bytes[size++] = 'f';
            default -> hex(c);
        }
    }

    private void unicode(char c) {
        if (Character.isSurrogate(c)) {
            bytes[size++] = '\\';
            hex('\ufffd');
        } else if (c == '\u2028' || c == '\u2029') {
            bytes[size++] = '\\';
            hex(c);
        } else if (c < 0x800) {
            bytes[size++] = (byte) (0xc0 | c >> 6);
            bytes[size++] = (byte) (0x80 | c & 0x3f);
        } else {
            bytes[size++] = (byte) (0xe0 | c >> 12);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3f);
            bytes[size++] = (byte) (0x80 | c & 0x3f);
        }
    }

    private void hex(char c) {
        bytes[size++] = 'u';
        bytes[size++] = HEX[c >> 12];
        bytes[size++] = HEX[c >> 8 & 15];
        bytes[size++] = HEX[c >> 4 & 15];
        bytes[size++] = HEX[c & 15];
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }
}
