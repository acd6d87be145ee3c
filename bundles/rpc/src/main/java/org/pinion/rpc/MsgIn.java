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

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Reads the reference's msgpack dialect: strings and bytes may come in any raw, string or binary form, absent, nil and
 * empty mean the same. Lengths are checked before anything is allocated. One thread.
 *
 * @spec cluster wire "msgpack dialect"
 */
final class MsgIn implements Closeable {
    /** Longest single string or byte string: a block and something around it. */
    static final int MAX_BYTES = 4 * 1024 * 1024;
    /** Most elements of a list or fields of a map. */
    static final int MAX_ELEMENTS = 100_000;

    private static final int SHORT_TIME = 4;
    private static final int MEDIUM_TIME = 8;
    private static final int LONG_TIME = 12;

    private final MessageUnpacker in;

    MsgIn(InputStream source) {
        in = MessagePack.newDefaultUnpacker(source);
    }

    /** Reads one element of a list. */
    @FunctionalInterface
    interface Element<T> {
        T read(MsgIn in) throws IOException;
    }

    /** Takes one field of a map, and reads its value. */
    @FunctionalInterface
    interface Field {
        /** Returns false when the name is not known: the value is skipped then. */
        boolean read(String name) throws IOException;
    }

    /** Whether nothing more comes. */
    boolean atEnd() throws IOException {
        return !in.hasNext();
    }

    /** Reads the fields of a map; nil is a map without fields. */
    void fields(Field field) throws IOException {
        guarded(() -> {
            if (in.tryUnpackNil()) {
                return true;
            }
            if (in.getNextFormat().getValueType() != ValueType.MAP) {
                throw new IllegalArgumentException("only encoded map or array can decode into struct");
            }
            int count = limited(in.unpackMapHeader(), "map fields");
            for (int i = 0; i < count; i++) {
                if (!field.read(text())) {
                    skip();
                }
            }
            return true;
        });
    }

    /** A map with text keys and text values. */
    SortedMap<String, String> texts() throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        fields(name -> {
            texts.put(name, text());
            return true;
        });
        return texts;
    }

    /** A list; nil is an empty one. */
    <T> List<T> list(Element<T> element) throws IOException {
        return guarded(() -> {
            List<T> values = new ArrayList<>();
            if (in.tryUnpackNil()) {
                return values;
            }
            int count = limited(in.unpackArrayHeader(), "list elements");
            for (int i = 0; i < count; i++) {
                values.add(element.read(this));
            }
            return values;
        });
    }

    /** A text; nil is the empty one. */
    String text() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Bytes; nil is none. */
    byte[] bytes() throws IOException {
        return guarded(() -> {
            if (in.tryUnpackNil()) {
                return new byte[0];
            }
            MessageFormat format = in.getNextFormat();
            int length = switch (format.getValueType()) {
                case STRING -> in.unpackRawStringHeader();
                case BINARY -> in.unpackBinaryHeader();
                case EXTENSION -> in.unpackExtensionTypeHeader().getLength();
                default -> throw new IllegalArgumentException("expected bytes, found " + format);
            };
            if (length > MAX_BYTES) {
                throw ProtocolException.resetStream("byte string of " + length + " bytes, limit " + MAX_BYTES);
            }
            return in.readPayload(length);
        });
    }

    /** An integer of any width; nil is 0. Unsigned values beyond {@code Long.MAX_VALUE} become it. */
    long integer() throws IOException {
        return guarded(() -> {
            if (in.tryUnpackNil()) {
                return 0L;
            }
            return in.getNextFormat() == MessageFormat.UINT64
                    ? in.unpackBigInteger()
                            .min(java.math.BigInteger.valueOf(Long.MAX_VALUE))
                            .longValue()
                    : in.unpackLong();
        });
    }

    /** An integer that fits 32 bits, else an error. */
    int smallInteger() throws IOException {
        long value = integer();
        if (value != (int) value) {
            throw new IllegalArgumentException("integer " + value + " does not fit 32 bits");
        }
        return (int) value;
    }

    /** A boolean; nil is false. */
    boolean bool() throws IOException {
        return guarded(() -> !in.tryUnpackNil() && in.unpackBoolean());
    }

    /** A time; nil and empty are none. */
    @Nullable
    Instant time() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes());
        return switch (bytes.remaining()) {
            case 0 -> null;
            case SHORT_TIME -> Instant.ofEpochSecond(Integer.toUnsignedLong(bytes.getInt()));
            case MEDIUM_TIME -> {
                long both = bytes.getLong();
                yield Instant.ofEpochSecond(both & 0x3_ffff_ffffL, both >>> 34);
            }
            case LONG_TIME -> {
                long nanos = Integer.toUnsignedLong(bytes.getInt());
                yield Instant.ofEpochSecond(bytes.getLong(), nanos);
            }
            default -> throw new IllegalArgumentException("time of " + bytes.remaining() + " bytes");
        };
    }

    /** A CID; nil is none, empty bytes are an error as for the reference. */
    @Nullable
    Cid cid() throws IOException {
        if (nextIsNil()) {
            return null;
        }
        return Cid.ofBytes(bytes());
    }

    /** A peer id; nil and empty are none. */
    @Nullable
    PeerId peerId() throws IOException {
        byte[] bytes = bytes();
        return bytes.length == 0 ? null : PeerId.ofBytes(bytes);
    }

    /** A list of peer ids. */
    List<PeerId> peerIds() throws IOException {
        return list(element -> PeerId.ofBytes(element.bytes()));
    }

    /** A list of multiaddrs. */
    List<Multiaddr> multiaddrs() throws IOException {
        return list(element -> Multiaddr.ofBytes(element.bytes()));
    }

    /** Passes over one value of any kind. */
    void skip() throws IOException {
        guarded(() -> {
            in.skipValue();
            return true;
        });
    }

    private boolean nextIsNil() throws IOException {
        return guarded(in::tryUnpackNil);
    }

    private static int limited(int count, String what) {
        if (count < 0 || count > MAX_ELEMENTS) {
            throw ProtocolException.resetStream(
                    what + ": " + Integer.toUnsignedString(count) + ", limit " + MAX_ELEMENTS);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private interface Body<T> {
        T run() throws IOException;
    }

    /** What the library says about bad input becomes a plain bad value. */
    private static <T> T guarded(Body<T> body) throws IOException {
        try {
            return body.run();
        } catch (MessagePackException bad) {
            throw new IllegalArgumentException("msgpack: " + bad.getMessage(), bad);
        }
    }
}
