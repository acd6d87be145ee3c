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
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /** Most bytes of one argument or result with all that is in it. */
    static final int MAX_VALUE_BYTES = 16 * 1024 * 1024;

    /** Longest CID or peer id. */
    private static final int MAX_ID_BYTES = 1024;

    private static final int STEP_BYTES = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.rpc");
    private static final String NO_STRUCT = "only encoded map or array can decode into struct";
    /** Whole numbers up to here are exact in floating point. */
    private static final double MAX_WHOLE = 0x1p62;

    private static final int SHORT_TIME = 4;
    private static final int MEDIUM_TIME = 8;
    private static final int LONG_TIME = 12;

    private final Budget source;
    private final MessageUnpacker in;
    private final Repeated<PeerId> peers = new Repeated<>(PeerId::ofBytes);
    private final Repeated<Multiaddr> addresses = new Repeated<>(Multiaddr::ofBytes);
    private int depth;

    MsgIn(InputStream source) {
        this.source = new Budget(source);
        in = MessagePack.newDefaultUnpacker(this.source);
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
        fields(List.of(), field);
    }

    /**
     * Reads the fields of a structure: a map, nil for no fields, or an array of the values alone.
     *
     * @param names the names of an array's values, in their order; values beyond them are passed over
     */
    void fields(List<String> names, Field field) throws IOException {
        guarded(() -> {
            if (in.tryUnpackNil()) {
                return true;
            }
            ValueType type = in.getNextFormat().getValueType();
            if (type == ValueType.ARRAY && !names.isEmpty()) {
                int values = limited(in.unpackArrayHeader(), "values of a structure");
                for (int i = 0; i < values; i++) {
                    if (i >= names.size() || !field.read(names.get(i))) {
                        skip();
                    }
                }
                return true;
            }
            if (type != ValueType.MAP) {
                throw new IllegalArgumentException(NO_STRUCT);
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
        return text(MAX_BYTES);
    }

    /** A text of so many bytes at most. */
    String text(int maxBytes) throws IOException {
        return new String(bytes(maxBytes), StandardCharsets.UTF_8);
    }

    /** Bytes; nil is none. */
    byte[] bytes() throws IOException {
        return bytes(MAX_BYTES);
    }

    private byte[] bytes(int maxBytes) throws IOException {
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
            if (length > maxBytes) {
                throw ProtocolException.resetStream("byte string of " + length + " bytes, limit " + maxBytes);
            }
            return payload(length);
        });
    }

    /** Memory is taken as bytes arrive, not as they are promised. */
    private byte[] payload(int length) throws IOException {
        if (length <= STEP_BYTES) {
            return in.readPayload(length);
        }
        byte[] payload = new byte[STEP_BYTES];
        int filled = 0;
        while (filled < length) {
            if (filled == payload.length) {
                payload = Arrays.copyOf(payload, Math.min(length, 2 * payload.length));
            }
            int step = Math.min(payload.length, length) - filled;
            in.readPayload(payload, filled, Math.min(step, STEP_BYTES));
            filled += Math.min(step, STEP_BYTES);
        }
        return payload;
    }

    /** An integer of any width; nil is 0. Unsigned values beyond {@code Long.MAX_VALUE} become it. */
    long integer() throws IOException {
        return guarded(() -> {
            if (in.tryUnpackNil()) {
                return 0L;
            }
            return switch (in.getNextFormat()) {
                case UINT64 ->
                    in.unpackBigInteger()
                            .min(BigInteger.valueOf(Long.MAX_VALUE))
                            .longValue();
                case FLOAT32, FLOAT64 -> whole(in.unpackDouble());
                default -> in.unpackLong();
            };
        });
    }

    /** The reference takes a number with a decimal point for an integer, if there is nothing behind the point. */
    private static long whole(double value) {
        if (value != Math.rint(value) || Math.abs(value) > MAX_WHOLE) {
            throw new IllegalArgumentException("expected an integer, found " + value);
        }
        return (long) value;
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
        try {
            return time(bytes);
        } catch (DateTimeException tooFar) {
            throw new IllegalArgumentException("time out of range: " + tooFar.getMessage(), tooFar);
        }
    }

    private static @Nullable Instant time(ByteBuffer bytes) {
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
        return Cid.ofBytes(bytes(MAX_ID_BYTES));
    }

    /** A peer id; nil is none, empty bytes are an error as for the reference. */
    @Nullable
    PeerId peerId() throws IOException {
        return nextIsNil() ? null : peers.of(bytes(MAX_ID_BYTES));
    }

    /** A list of peer ids. */
    List<PeerId> peerIds() throws IOException {
        return peers.of(list(element -> Codecs.required(element.peerId(), "a peer id")));
    }

    /** A list of multiaddrs, without those of kinds that are not known here: the others are still good. */
    List<Multiaddr> multiaddrs() throws IOException {
        List<Multiaddr> known = new ArrayList<>();
        for (byte[] bytes : list(MsgIn::bytes)) {
            try {
                known.add(addresses.of(bytes));
            } catch (IllegalArgumentException unknown) {
                LOG.debug("an address is passed over: {}", unknown.getMessage());
            }
        }
        return addresses.of(known);
    }

    /** Passes over what stands for no argument: a map, an array or nil. */
    void nothing() throws IOException {
        guarded(() -> {
            ValueType type = in.getNextFormat().getValueType();
            if (type != ValueType.MAP && type != ValueType.ARRAY && type != ValueType.NIL) {
                throw new IllegalArgumentException(NO_STRUCT);
            }
            in.skipValue();
            return true;
        });
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
    private <T> T guarded(Body<T> body) throws IOException {
        if (depth++ == 0) {
            source.left = MAX_VALUE_BYTES;
        }
        try {
            return body.run();
        } catch (MessageInsufficientBufferException cut) {
            throw new IllegalArgumentException("msgpack: the message ends too early", cut);
        } catch (MessagePackException bad) {
            throw new IllegalArgumentException("msgpack: " + bad.getMessage(), bad);
        } finally {
            depth--;
        }
    }

    /** Ends a value that never ends. */
    private static final class Budget extends FilterInputStream {
        private long left = MAX_VALUE_BYTES;

        Budget(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return took(super.read(), 1);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            return took(read, read);
        }

        private int took(int result, int bytes) {
            left -= Math.max(0, bytes);
            if (left < 0) {
                throw ProtocolException.resetStream("a value of more than " + MAX_VALUE_BYTES + " bytes");
            }
            return result;
        }
    }
}
