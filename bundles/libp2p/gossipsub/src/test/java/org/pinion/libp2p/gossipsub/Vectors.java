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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.pinion.ipld.multiformats.Varint;

/** Frames of the reference implementation. */
final class Vectors {
    private static final JsonNode ALL = read();

    private Vectors() {}

    static JsonNode pubsub(String name) {
        for (JsonNode vector : ALL.get("pubsub")) {
            if (vector.get("name").asText().equals(name)) {
                return vector;
            }
        }
        throw new IllegalArgumentException("no vector " + name);
    }

    static byte[] bytes(String name) {
        return hex(pubsub(name).get("hex"));
    }

    /** The frame of a vector, without its length. */
    static byte[] frame(String name) {
        return withoutLength(bytes(name));
    }

    /** Frames of a whole session, sent or received, without their lengths. */
    static List<byte[]> live(String direction) {
        List<byte[]> frames = new ArrayList<>();
        for (JsonNode vector : ALL.get("live")) {
            if (vector.get("direction").asText().equals(direction)) {
                frames.add(withoutLength(hex(vector.get("hex"))));
            }
        }
        return frames;
    }

    static byte[] hex(JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }

    private static byte[] withoutLength(byte[] framed) {
        ByteBuffer in = ByteBuffer.wrap(framed);
        byte[] frame = new byte[Varint.readInt(in, framed.length)];
        in.get(frame);
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("bytes after the frame");
        }
        return frame;
    }

    private static JsonNode read() {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/pubsub.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, "pubsub.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
