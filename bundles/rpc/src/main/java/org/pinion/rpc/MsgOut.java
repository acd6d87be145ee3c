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
package org.pinion.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Writes the reference's msgpack dialect, byte for byte: strings and bytes in the raw family, signed integers in signed
 * forms, times as bare timestamp bodies. One thread. Bytes go on while no map is open, because the head of a map tells
 * how many fields were written; a status of 200,000 pins passes through here row by row.
 *
 * @spec cluster wire "msgpack dialect"
 */
final class MsgOut {
    private static final int BUFFER_BYTES = 8192;
    /** A larger buffer is given up once its bytes went on. */
    private static final int MAX_KEPT_BYTES = 64 * 1024;
    /** The longest head of a value. */
    private static final int MAX_HEAD_BYTES = 9;

    private static final int MAX_FIXINT = 127;
    private static final int MIN_FIXINT = -32;
    /** From here on lengths need more than the head's first byte. */
    private static final int FIX_RAW = 32;

    private static final int FIX_ELEMENTS = 16;

    private static final int UINT8_END = 1 << 8;
    private static final int UINT16_END = 1 << 16;
    private static final long UINT32_END = 1L << 32;

    private final OutputStream target;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private int openMaps;

    private MsgOut(OutputStream target) {
        this.target = target;
    }

    static MsgOut to(OutputStream target) {
        return new MsgOut(target);
    }

    /** Writes an element of a list. */
    @FunctionalInterface
    interface Element<T> {
        void write(MsgOut out, T value) throws IOException;
    }

    void flush() throws IOException {
        drain();
        target.flush();
    }

    private void drain() throws IOException {
        target.write(buffer.array(), 0, buffer.position());
        buffer = buffer.capacity() > MAX_KEPT_BYTES ? ByteBuffer.allocate(BUFFER_BYTES) : buffer.clear();
    }

    /** The buffer with room for so many bytes. */
    private ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes && openMaps == 0) {
            drain();
        }
        if (buffer.remaining() < bytes) {
            int wanted = Math.addExact(buffer.position(), bytes);
            ByteBuffer larger = ByteBuffer.allocate((int) Math.max(wanted, Math.min(2L * buffer.capacity(), 1 << 30)));
            buffer = larger.put(buffer.flip());
        }
        return buffer;
    }

    void nil() throws IOException {
        room(1).put((byte) 0xc0);
    }

    void emptyMap() throws IOException {
        room(1).put((byte) 0x80);
    }

    void text(String value) throws IOException {
        int length = value.length();
        if (length >= FIX_RAW) {
            bytes(value.getBytes(StandardCharsets.UTF_8));
            return;
        }
        ByteBuffer out = room(1 + length);
        int start = out.position();
        out.put((byte) (0xa0 | length));
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                out.position(start);
                bytes(value.getBytes(StandardCharsets.UTF_8));
                return;
            }
            out.put((byte) c);
        }
    }

    void bytes(byte[] value) throws IOException {
        raw(value.length).put(value);
    }

    void cid(Cid value) throws IOException {
        value.writeTo(raw(value.size()));
    }

    void peer(PeerId value) throws IOException {
        value.writeTo(raw(value.size()));
    }

    void multiaddr(Multiaddr value) throws IOException {
        value.writeTo(raw(value.size()));
    }

    /** The head of a byte string; what is given has room for its bytes. */
    private ByteBuffer raw(int length) throws IOException {
        ByteBuffer out = room(Math.addExact(MAX_HEAD_BYTES, length));
        if (length < FIX_RAW) {
            return out.put((byte) (0xa0 | length));
        }
        return length < UINT16_END
                ? out.put((byte) 0xda).putShort((short) length)
                : out.put((byte) 0xdb).putInt(length);
    }

    /** A signed integer, in a signed form also when it is positive. */
    void signed(long value) throws IOException {
        ByteBuffer out = room(MAX_HEAD_BYTES);
        if (value >= MIN_FIXINT && value <= MAX_FIXINT) {
            out.put((byte) value);
        } else if (value == (byte) value) {
            out.put((byte) 0xd0).put((byte) value);
        } else if (value == (short) value) {
            out.put((byte) 0xd1).putShort((short) value);
        } else if (value == (int) value) {
            out.put((byte) 0xd2).putInt((int) value);
        } else {
            out.put((byte) 0xd3).putLong(value);
        }
    }

    /** An unsigned integer of 64 bits. */
    void unsigned(long value) throws IOException {
        ByteBuffer out = room(MAX_HEAD_BYTES);
        if (value < 0 || value >= UINT32_END) {
            out.put((byte) 0xcf).putLong(value);
        } else if (value <= MAX_FIXINT) {
            out.put((byte) value);
        } else if (value < UINT8_END) {
            out.put((byte) 0xcc).put((byte) value);
        } else if (value < UINT16_END) {
            out.put((byte) 0xcd).putShort((short) value);
        } else {
            out.put((byte) 0xce).putInt((int) value);
        }
    }

    void bool(boolean value) throws IOException {
        room(1).put((byte) (value ? 0xc3 : 0xc2));
    }

    void time(Instant value) throws IOException {
        long seconds = value.getEpochSecond();
        int nanos = value.getNano();
        if (seconds >>> 34 != 0) {
            raw(12).putInt(nanos).putLong(seconds);
        } else if (nanos == 0 && seconds >>> 32 == 0) {
            raw(4).putInt((int) seconds);
        } else {
            raw(8).putLong(((long) nanos << 34) | seconds);
        }
    }

    <T> void list(Collection<T> values, Element<? super T> element) throws IOException {
        int count = values.size();
        ByteBuffer out = room(MAX_HEAD_BYTES);
        if (count < FIX_ELEMENTS) {
            out.put((byte) (0x90 | count));
        } else if (count < UINT16_END) {
            out.put((byte) 0xdc).putShort((short) count);
        } else {
            out.put((byte) 0xdd).putInt(count);
        }
        for (T value : values) {
            element.write(this, value);
        }
    }

    /** Begins a map whose fields are left out when they are zero. */
    Fields fields() throws IOException {
        return new Fields();
    }

    /** The fields of one map, in the order of the calls; {@link #end} ends it. */
    final class Fields {
        private final int start;
        private int count;

        private Fields() throws IOException {
            room(1);
            start = buffer.position();
            buffer.put((byte) 0);
            openMaps++;
        }

        private MsgOut name(String name) throws IOException {
            count++;
            MsgOut.this.text(name);
            return MsgOut.this;
        }

        /** A field that is always written; null is nil. */
        Fields cid(String name, @Nullable Cid value) throws IOException {
            if (value == null) {
                name(name).nil();
            } else {
                name(name).cid(value);
            }
            return this;
        }

        /** A field that is left out when there is no value. */
        Fields optionalCid(String name, @Nullable Cid value) throws IOException {
            return value == null ? this : cid(name, value);
        }

        Fields text(String name, String value) throws IOException {
            if (!value.isEmpty()) {
                name(name).text(value);
            }
            return this;
        }

        Fields alwaysText(String name, String value) throws IOException {
            name(name).text(value);
            return this;
        }

        Fields bytes(String name, byte[] value) throws IOException {
            if (value.length > 0) {
                name(name).bytes(value);
            }
            return this;
        }

        Fields signed(String name, long value) throws IOException {
            if (value != 0) {
                name(name).signed(value);
            }
            return this;
        }

        Fields unsigned(String name, long value) throws IOException {
            return value == 0 ? this : alwaysUnsigned(name, value);
        }

        Fields alwaysUnsigned(String name, long value) throws IOException {
            name(name).unsigned(value);
            return this;
        }

        Fields bool(String name, boolean value) throws IOException {
            if (value) {
                name(name).bool(true);
            }
            return this;
        }

        Fields time(String name, @Nullable Instant value) throws IOException {
            if (value != null) {
                name(name).time(value);
            }
            return this;
        }

        Fields peer(String name, @Nullable PeerId value) throws IOException {
            if (value != null) {
                name(name).peer(value);
            }
            return this;
        }

        Fields peers(String name, Collection<PeerId> values) throws IOException {
            return list(name, values, MsgOut::peer);
        }

        Fields multiaddrs(String name, Collection<Multiaddr> values) throws IOException {
            return list(name, values, MsgOut::multiaddr);
        }

        <T> Fields list(String name, Collection<T> values, Element<? super T> element) throws IOException {
            return values.isEmpty() ? this : alwaysList(name, values, element);
        }

        <T> Fields alwaysList(String name, Collection<T> values, Element<? super T> element) throws IOException {
            name(name).list(values, element);
            return this;
        }

        Fields texts(String name, SortedMap<String, String> values) throws IOException {
            if (!values.isEmpty()) {
                MsgOut.Fields inner = name(name).fields();
                for (var entry : values.entrySet()) {
                    inner.alwaysText(entry.getKey(), entry.getValue());
                }
                inner.end();
            }
            return this;
        }

        /** A field whose value is written by {@code element}. */
        <T> Fields value(String name, T value, Element<? super T> element) throws IOException {
            element.write(name(name), value);
            return this;
        }

        /** Ends the map: now the number of its fields is known. */
        void end() throws IOException {
            if (count < FIX_ELEMENTS) {
                buffer.put(start, (byte) (0x80 | count));
            } else if (count < UINT16_END) {
                widen(Short.BYTES).put(start, (byte) 0xde).putShort(start + 1, (short) count);
            } else {
                widen(Integer.BYTES).put(start, (byte) 0xdf).putInt(start + 1, count);
            }
            openMaps--;
            if (openMaps == 0 && buffer.position() >= BUFFER_BYTES / 2) {
                drain(); // in the middle of the next map the buffer could only grow
            }
        }

        /** Makes the head so much longer. */
        private ByteBuffer widen(int more) throws IOException {
            ByteBuffer out = room(more);
            int end = out.position();
            System.arraycopy(out.array(), start + 1, out.array(), start + 1 + more, end - start - 1);
            return out.position(end + more);
        }
    }
}
