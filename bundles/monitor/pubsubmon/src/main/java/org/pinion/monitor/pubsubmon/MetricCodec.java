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
package org.pinion.monitor.pubsubmon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

/**
 * The bytes of a metric: one MessagePack map in the old dialect, in which texts and bytes share the raw codes and
 * integers of 128 and more have signed codes. Zero fields are left out.
 *
 * <pre>
 * { n: name, p: peer, v: value, e: expiry in ns, d: valid, w: weight, o: partitionable, t: received at in ns }
 * </pre>
 *
 * @spec cluster wire "Metrics over pubsub"
 */
final class MetricCodec {
    /** Longest name that is taken, in bytes. */
    static final int MAX_NAME_BYTES = 256;
    /** Longest value that is taken, in bytes. */
    static final int MAX_VALUE_BYTES = 64 << 10;

    private static final int MAX_PEER_BYTES = 128;
    private static final int MAX_KEY_BYTES = 64;
    private static final int MAX_FIELDS = 64;
    /** What very old peers put before a metric: length, {@code /msgpack}, newline. */
    private static final byte[] LEGACY_PREFIX = "\t/msgpack\n".getBytes(StandardCharsets.US_ASCII);

    /** The order in which the reference takes a metric that comes as an array. */
    private static final List<String> FIELDS = List.of("n", "p", "v", "e", "d", "w", "o", "t");
    /** Whole numbers up to here are exact in floating point. */
    private static final double MAX_WHOLE = 0x1p62;

    private static final MessagePack.PackerConfig OLD_DIALECT =
            new MessagePack.PackerConfig().withStr8FormatSupport(false);

    private MetricCodec() {}

    /** The bytes of a metric, equal to those the reference writes. */
    static byte[] encode(Metric metric) {
        try (MessageBufferPacker out = OLD_DIALECT.newBufferPacker()) {
            out.packMapHeader(fields(metric));
            text(out, "n", metric.name());
            out.packString("p");
            byte[] peer = metric.peer().bytes();
            out.packRawStringHeader(peer.length);
            out.writePayload(peer);
            text(out, "v", metric.value());
            number(out, "e", metric.expireUnixNanos());
            flag(out, "d", metric.valid());
            number(out, "w", metric.weight());
            flag(out, "o", metric.partitionable());
            number(out, "t", metric.receivedUnixNanos());
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a metric; unknown fields are skipped.
     *
     * @throws IllegalArgumentException if the bytes are no metric, or a field is over its limit
     */
    static Metric decode(byte[] data) {
        boolean legacy = data.length > LEGACY_PREFIX.length
                && Arrays.equals(data, 0, LEGACY_PREFIX.length, LEGACY_PREFIX, 0, LEGACY_PREFIX.length);
        int start = legacy ? LEGACY_PREFIX.length : 0;
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(ByteBuffer.wrap(data, start, data.length - start))) {
            return read(in);
        } catch (IOException | MessagePackException e) {
            throw new IllegalArgumentException("not a metric: " + e, e);
        }
    }

    private static Metric read(MessageUnpacker in) throws IOException {
        boolean array = in.getNextFormat().getValueType() == ValueType.ARRAY;
        int count = array ? in.unpackArrayHeader() : in.unpackMapHeader();
        if (count > MAX_FIELDS) {
            throw new IllegalArgumentException("metric of " + count + " fields, limit " + MAX_FIELDS);
        }
        Fields fields = new Fields();
        for (int i = 0; i < count; i++) {
            String key;
            if (array) {
                key = i < FIELDS.size() ? FIELDS.get(i) : "";
            } else {
                key = new String(raw(in, "key", MAX_KEY_BYTES), StandardCharsets.UTF_8);
            }
            if (!in.tryUnpackNil()) {
                fields.take(key, in);
            }
        }
        PeerId peer = fields.peer;
        if (peer == null || fields.name.isEmpty()) {
            throw new IllegalArgumentException("metric without name or peer");
        }
        return new Metric(
                fields.name,
                peer,
                fields.value,
                fields.expire,
                fields.valid,
                fields.weight,
                fields.partitionable,
                fields.received);
    }

    private static byte[] raw(MessageUnpacker in, String what, int limit) throws IOException {
        int length = in.unpackRawStringHeader();
        if (length > limit) {
            throw new IllegalArgumentException("metric " + what + " of " + length + " bytes, limit " + limit);
        }
        return in.readPayload(length);
    }

    /** The reference takes a number with a decimal point for an integer, if there is nothing behind the point. */
    private static long integer(MessageUnpacker in) throws IOException {
        if (in.getNextFormat().getValueType() != ValueType.FLOAT) {
            return in.unpackLong();
        }
        double value = in.unpackDouble();
        if (value != Math.rint(value) || Math.abs(value) > MAX_WHOLE) {
            throw new IllegalArgumentException("metric with " + value + " where an integer belongs");
        }
        return (long) value;
    }

    private static int fields(Metric metric) {
        int count = 1;
        count += metric.name().isEmpty() ? 0 : 1;
        count += metric.value().isEmpty() ? 0 : 1;
        count += metric.expireUnixNanos() == 0 ? 0 : 1;
        count += metric.valid() ? 1 : 0;
        count += metric.weight() == 0 ? 0 : 1;
        count += metric.partitionable() ? 1 : 0;
        count += metric.receivedUnixNanos() == 0 ? 0 : 1;
        return count;
    }

    private static void text(MessageBufferPacker out, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            out.packString(key);
            out.packString(value);
        }
    }

    private static void flag(MessageBufferPacker out, String key, boolean value) throws IOException {
        if (value) {
            out.packString(key);
            out.packBoolean(true);
        }
    }

    /** Positive numbers keep the signed codes of the old dialect, which the library would write unsigned. */
    private static void number(MessageBufferPacker out, String key, long value) throws IOException {
        if (value == 0) {
            return;
        }
        out.packString(key);
        if (value <= Byte.MAX_VALUE) {
            out.packLong(value);
        } else if (value <= Short.MAX_VALUE) {
            out.writePayload(ByteBuffer.allocate(3)
                    .put((byte) 0xd1)
                    .putShort((short) value)
                    .array());
        } else if (value <= Integer.MAX_VALUE) {
            out.writePayload(
                    ByteBuffer.allocate(5).put((byte) 0xd2).putInt((int) value).array());
        } else {
            out.writePayload(
                    ByteBuffer.allocate(9).put((byte) 0xd3).putLong(value).array());
        }
    }

    /** Collects the fields of one metric; always a fresh one, so nothing of an earlier metric can remain. */
    private static final class Fields {
        private String name = "";
        private @Nullable PeerId peer;
        private String value = "";
        private long expire;
        private boolean valid;
        private long weight;
        private boolean partitionable;
        private long received;

        void take(String key, MessageUnpacker in) throws IOException {
            switch (key) {
                case "n" -> name = new String(raw(in, "name", MAX_NAME_BYTES), StandardCharsets.UTF_8);
                case "p" -> peer = PeerId.ofBytes(raw(in, "peer", MAX_PEER_BYTES));
                case "v" -> value = new String(raw(in, "value", MAX_VALUE_BYTES), StandardCharsets.UTF_8);
                case "e" -> expire = integer(in);
                case "d" -> valid = in.unpackBoolean();
                case "w" -> weight = integer(in);
                case "o" -> partitionable = in.unpackBoolean();
                case "t" -> received = integer(in);
                default -> in.skipValue();
            }
        }
    }
}
