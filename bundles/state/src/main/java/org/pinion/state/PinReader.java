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
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;

/** Collects the fields of one encoded pin; unknown fields are passed over. */
final class PinReader {
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;

    private @Nullable Cid cid;
    private PinType type = PinType.BAD;
    private final List<PeerId> allocations = new ArrayList<>();
    private int depth;
    private @Nullable Cid reference;
    private @Nullable Instant timestamp;
    private int replicationMin;
    private int replicationMax;
    private String name = "";
    private long shardSize;
    private final Map<String, String> oldMetadata = new TreeMap<>();
    private final Map<String, String> metadata = new TreeMap<>();
    private @Nullable Cid update;
    private @Nullable Instant expireAt;
    private final List<Multiaddr> origins = new ArrayList<>();

    private PinReader() {}

    static Pin read(CodedInputStream in) throws IOException {
        PinReader reader = new PinReader();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            reader.readField(in, tag);
        }
        return reader.pin();
    }

    private void readField(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case 1 << 3 | 2 -> cid = Cid.ofBytes(in.readByteArray());
            case 2 << 3 | VARINT -> type = PinType.ofProtobufNumber(in.readEnum());
            case 3 << 3 | 2 -> allocations.add(PeerId.ofBytes(in.readByteArray()));
            case 4 << 3 | VARINT -> depth = in.readSInt32();
            case 5 << 3 | 2 -> reference = cidOrNull(in.readByteArray());
            case 6 << 3 | 2 -> {
                int outer = in.pushLimit(in.readRawVarint32());
                for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
                    readOption(in, inner);
                }
                in.popLimit(outer);
            }
            case 7 << 3 | VARINT -> timestamp = time(in.readUInt64());
            default -> skip(in, tag);
        }
    }

    private void readOption(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case 1 << 3 | VARINT -> replicationMin = in.readSInt32();
            case 2 << 3 | VARINT -> replicationMax = in.readSInt32();
            case 3 << 3 | 2 -> name = in.readStringRequireUtf8();
            case 4 << 3 | VARINT -> shardSize = in.readUInt64();
            case 6 << 3 | 2 -> readMetadata(in, oldMetadata);
            case 7 << 3 | 2 -> update = cidOrNull(in.readByteArray());
            case 8 << 3 | VARINT -> expireAt = time(in.readUInt64());
            case 9 << 3 | 2 -> origins.add(Multiaddr.ofBytes(in.readByteArray()));
            case 10 << 3 | 2 -> readMetadata(in, metadata);
            default -> skip(in, tag);
        }
    }

    private static void readMetadata(CodedInputStream in, Map<String, String> target) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | 2 -> key = in.readStringRequireUtf8();
                case 2 << 3 | 2 -> value = in.readStringRequireUtf8();
                default -> skip(in, tag);
            }
        }
        in.popLimit(outer);
        target.put(key, value);
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new IllegalArgumentException("bad pin: a group ends that never began");
        }
    }

    /** A bad reference does not spoil the pin: the reference program reads it as none. */
    private static @Nullable Cid cidOrNull(byte[] bytes) {
        try {
            return Cid.ofBytes(bytes);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Instant time(long seconds) {
        return seconds == 0 ? null : Instant.ofEpochSecond(seconds);
    }

    private Pin pin() {
        Cid content = cid;
        if (content == null) {
            throw new IllegalArgumentException("bad pin: no CID");
        }
        Map<String, String> all = oldMetadata;
        all.putAll(metadata);
        PinOptions options = PinOptions.builder()
                .replication(replicationMin, replicationMax)
                .name(name)
                .mode(PinMode.ofDepth(depth))
                .shardSize(shardSize)
                .expireAt(expireAt)
                .metadata(all)
                .pinUpdate(update)
                .origins(origins)
                .build();
        return new Pin(content, type, allocations, depth, reference, timestamp, options);
    }
}
