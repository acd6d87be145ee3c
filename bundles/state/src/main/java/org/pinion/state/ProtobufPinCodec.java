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
package org.pinion.state;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.state.PinCodec;

/**
 * The protobuf form of a pin.
 *
 * <pre>
 * pin      = 1 cid bytes, 2 type enum, 3 allocations bytes*, 4 depth sint32, 5 reference bytes, 6 options (always), 7 time uint64
 * options  = 1 min sint32, 2 max sint32, 3 name, 4 shard size uint64, 6 metadata* (read only), 7 update bytes,
 *            8 expiry uint64, 9 origins bytes*, 10 metadata* sorted by the bytes of their keys
 * metadata = 1 key, 2 value
 * </pre>
 *
 * Zero values are left out; times are seconds since 1970. The mode is that of the depth, and the allocations a user
 * asked for are not kept. Any thread.
 *
 * @spec cluster wire "Pin protobuf"
 */
@Component(name = "org.pinion.state.codec", service = PinCodec.class)
public final class ProtobufPinCodec implements PinCodec {
    /** Stateless. */
    public ProtobufPinCodec() {}

    @Override
    public byte[] encode(Pin pin) {
        byte[] options = encodeOptions(pin.options());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(96 + options.length);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 256);
        try {
            out.writeByteArray(1, pin.cid().bytes());
            if (pin.type() != PinType.BAD) {
                out.writeEnum(2, pin.type().protobufNumber());
            }
            for (PeerId peer : pin.allocations()) {
                out.writeByteArray(3, peer.bytes());
            }
            if (pin.maxDepth() != 0) {
                out.writeSInt32(4, pin.maxDepth());
            }
            writeCid(out, 5, pin.reference());
            out.writeByteArray(6, options);
            writeTime(out, 7, pin.timestamp());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] encodeOptions(PinOptions options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 128);
        try {
            if (options.replicationMin() != 0) {
                out.writeSInt32(1, options.replicationMin());
            }
            if (options.replicationMax() != 0) {
                out.writeSInt32(2, options.replicationMax());
            }
            writeText(out, 3, options.name());
            if (options.shardSize() != 0) {
                out.writeUInt64(4, options.shardSize());
            }
            writeCid(out, 7, options.pinUpdate());
            writeTime(out, 8, options.expireAt());
            for (Multiaddr origin : options.origins()) {
                out.writeByteArray(9, origin.bytes());
            }
            for (Map.Entry<String, String> entry : byKeyBytes(options.metadata())) {
                out.writeByteArray(10, encodeMetadata(entry));
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static List<Map.Entry<String, String>> byKeyBytes(Map<String, String> metadata) {
        List<Map.Entry<String, String>> entries = new ArrayList<>(metadata.entrySet());
        // the map's order is that of UTF-16, which differs beyond the basic plane
        entries.sort((a, b) -> Arrays.compareUnsigned(
                a.getKey().getBytes(StandardCharsets.UTF_8), b.getKey().getBytes(StandardCharsets.UTF_8)));
        return entries;
    }

    private static byte[] encodeMetadata(Map.Entry<String, String> entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 64);
        writeText(out, 1, entry.getKey());
        writeText(out, 2, entry.getValue());
        out.flush();
        return bytes.toByteArray();
    }

    private static void writeText(CodedOutputStream out, int field, String text) throws IOException {
        if (!text.isEmpty()) {
            out.writeString(field, text);
        }
    }

    private static void writeCid(CodedOutputStream out, int field, @Nullable Cid cid) throws IOException {
        if (cid != null) {
            out.writeByteArray(field, cid.bytes());
        }
    }

    private static void writeTime(CodedOutputStream out, int field, @Nullable Instant time) throws IOException {
        if (time != null && time.getEpochSecond() != 0) {
            out.writeUInt64(field, time.getEpochSecond());
        }
    }

    @Override
    public Pin decode(byte[] bytes) {
        try {
            return PinReader.read(CodedInputStream.newInstance(bytes));
        } catch (IOException | DateTimeException e) {
            throw new IllegalArgumentException("bad pin: " + e.getMessage(), e);
        }
    }
}
