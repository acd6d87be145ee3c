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
package org.pinion.pintracker.common;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the tracker remembers of a CID between operations. A CID of the pin set without a row was not dealt with yet; a
 * row without a CID in the pin set still has to be unpinned.
 *
 * <pre>
 * | version 1 | phase | flags: 1 = priority | 4 bytes attempts | 8 bytes since, ms since 1970 | error, UTF-8 |
 * </pre>
 *
 * @param phase how the last operation ended
 * @param attempts how often it was tried
 * @param priority whether it went before older pins
 * @param sinceMillis when it ended, milliseconds since 1970
 * @param error why it failed, else empty
 */
public record TrackRow(Phase phase, int attempts, boolean priority, long sinceMillis, String error) {
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 15;
    private static final int MAX_ERROR_CHARS = 1024;

    /** How the last operation ended. The numbers are stored: never change them. */
    public enum Phase {
        /** The IPFS node holds it. */
        PINNED(1),
        /** The IPFS node held it, or should, but does not. */
        LOST(2),
        /** It could not be pinned. */
        PIN_ERROR(3),
        /** It could not be unpinned. */
        UNPIN_ERROR(4);

        private final int number;

        Phase(int number) {
            this.number = number;
        }

        private static Phase of(int number) {
            for (Phase phase : values()) {
                if (phase.number == number) {
                    return phase;
                }
            }
            throw new IllegalArgumentException("unknown phase " + number + " in a row of the tracker");
        }
    }

    /** Cuts long errors. */
    public TrackRow {
        error = error.length() > MAX_ERROR_CHARS ? error.substring(0, MAX_ERROR_CHARS) : error;
    }

    /** The row of what the IPFS node holds. */
    public static TrackRow pinned(long sinceMillis) {
        return new TrackRow(Phase.PINNED, 0, false, sinceMillis, "");
    }

    /** The row of what the IPFS node lost. */
    public static TrackRow lost(long sinceMillis) {
        return new TrackRow(Phase.LOST, 0, false, sinceMillis, "");
    }

    /** The stored form. */
    public byte[] encode() {
        byte[] text = error.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_BYTES + text.length)
                .put(VERSION)
                .put((byte) phase.number)
                .put((byte) (priority ? 1 : 0))
                .putInt(attempts)
                .putLong(sinceMillis)
                .put(text)
                .array();
    }

    /**
     * Reads a row.
     *
     * @throws IllegalArgumentException if the bytes are none
     */
    public static TrackRow decode(byte[] bytes) {
        if (bytes.length < HEAD_BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("row of the tracker has " + bytes.length + " bytes or another version");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        Phase phase = Phase.of(in.get());
        boolean priority = in.get() == 1;
        int attempts = in.getInt();
        long since = in.getLong();
        return new TrackRow(
                phase,
                attempts,
                priority,
                since,
                new String(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, StandardCharsets.UTF_8));
    }
}
