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
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack.PackerConfig;
import org.msgpack.core.MessagePacker;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Writes the reference's msgpack dialect, byte for byte: strings and bytes in the raw family, signed integers in signed
 * forms, times as bare timestamp bodies. One thread.
 *
 * @spec cluster wire "msgpack dialect"
 */
final class MsgOut {
    private static final PackerConfig OLD_SPEC = new PackerConfig().withStr8FormatSupport(false);
    private static final int MAX_FIXINT = 127;
    private static final int MIN_FIXINT = -32;
    /** A larger buffer of a map is given up at its end. */
    private static final int MAX_KEPT_BYTES = 64 * 1024;

    private final MessagePacker out;
    /** Collects one map after the other: statuses of 200,000 pins pass through here, each a map with maps in it. */
    private @Nullable MsgOut inner;

    private MsgOut(MessagePacker out) {
        this.out = out;
    }

    static MsgOut to(OutputStream target) {
        return new MsgOut(OLD_SPEC.newPacker(target));
    }

    /** Writes an element of a list. */
    @FunctionalInterface
    interface Element<T> {
        void write(MsgOut out, T value) throws IOException;
    }

    void flush() throws IOException {
        out.flush();
    }

    void nil() throws IOException {
        out.packNil();
    }

    void emptyMap() throws IOException {
        out.packMapHeader(0);
    }

    void text(String value) throws IOException {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) throws IOException {
        out.packRawStringHeader(value.length);
        out.writePayload(value);
    }

    void cid(Cid value) throws IOException {
        bytes(value.bytes());
    }

    void peer(PeerId value) throws IOException {
        bytes(value.bytes());
    }

    void multiaddr(Multiaddr value) throws IOException {
        bytes(value.bytes());
    }

    /** A signed integer: the library would take unsigned forms for positive values. */
    void signed(long value) throws IOException {
        if (value >= MIN_FIXINT && value <= MAX_FIXINT) {
            out.writePayload(new byte[] {(byte) value});
        } else if (value == (byte) value) {
            out.writePayload(new byte[] {(byte) 0xd0, (byte) value});
        } else if (value == (short) value) {
            out.writePayload(ByteBuffer.allocate(3)
                    .put((byte) 0xd1)
                    .putShort((short) value)
                    .array());
        } else if (value == (int) value) {
            out.writePayload(
                    ByteBuffer.allocate(5).put((byte) 0xd2).putInt((int) value).array());
        } else {
            out.writePayload(
                    ByteBuffer.allocate(9).put((byte) 0xd3).putLong(value).array());
        }
    }

    /** An unsigned integer of 64 bits. */
    void unsigned(long value) throws IOException {
        if (value < 0) {
            out.packBigInteger(new BigInteger(Long.toUnsignedString(value)));
        } else {
            out.packLong(value);
        }
    }

    void bool(boolean value) throws IOException {
        out.packBoolean(value);
    }

    void time(Instant value) throws IOException {
        long seconds = value.getEpochSecond();
        int nanos = value.getNano();
        if (seconds >>> 34 != 0) {
            bytes(ByteBuffer.allocate(12).putInt(nanos).putLong(seconds).array());
        } else if (nanos == 0 && seconds >>> 32 == 0) {
            bytes(ByteBuffer.allocate(4).putInt((int) seconds).array());
        } else {
            bytes(ByteBuffer.allocate(8).putLong(((long) nanos << 34) | seconds).array());
        }
    }

    <T> void list(Collection<T> values, Element<? super T> element) throws IOException {
        out.packArrayHeader(values.size());
        for (T value : values) {
            element.write(this, value);
        }
    }

    /** Begins a map whose fields are left out when they are zero. */
    Fields fields() {
        return new Fields();
    }

    /** Collects the fields of one map, in the order of the calls; {@link #end} writes it. One map is open at a time. */
    final class Fields {
        private final MsgOut body;
        private int count;

        private Fields() {
            MsgOut kept = inner;
            body = kept == null ? new MsgOut(OLD_SPEC.newBufferPacker()) : kept;
            inner = body;
            packer().clear(); // a map that failed in the middle left its fields
        }

        private MessageBufferPacker packer() {
            return (MessageBufferPacker) body.out;
        }

        private MsgOut name(String name) throws IOException {
            count++;
            body.text(name);
            return body;
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

        /** Writes the map. */
        void end() throws IOException {
            byte[] bytes = packer().toByteArray();
            out.packMapHeader(count);
            out.writePayload(bytes);
            if (bytes.length > MAX_KEPT_BYTES) {
                inner = null;
            }
        }
    }
}
