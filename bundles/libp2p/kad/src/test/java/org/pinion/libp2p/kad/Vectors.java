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
package org.pinion.libp2p.kad;

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

/** Messages of the reference implementation. */
final class Vectors {
    private static final JsonNode ALL = read();

    private Vectors() {}

    static JsonNode kad(String name) {
        return named("kad-dht", name);
    }

    static JsonNode live(String name) {
        return named("live", name);
    }

    private static JsonNode named(String group, String name) {
        for (JsonNode vector : ALL.get(group)) {
            if (vector.get("name").asText().equals(name)) {
                return vector;
            }
        }
        throw new IllegalArgumentException("no vector " + name);
    }

    /** The message of a vector, without its length. */
    static byte[] message(String name) {
        return withoutLength(hex(kad(name).get("hex")));
    }

    /** All messages there are, sent or received. */
    static List<byte[]> messages() {
        List<byte[]> messages = new ArrayList<>();
        for (JsonNode vector : ALL.get("kad-dht")) {
            if (!vector.has("decoded")) {
                messages.add(withoutLength(hex(vector.get("hex"))));
            }
        }
        JsonNode live = live("live: kad FIND_NODE on /ipfs/lan/kad/1.0.0");
        messages.add(withoutLength(hex(live.get("sent"))));
        messages.add(withoutLength(hex(live.get("received"))));
        return messages;
    }

    static byte[] hex(JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }

    static byte[] withoutLength(byte[] framed) {
        ByteBuffer in = ByteBuffer.wrap(framed);
        byte[] message = new byte[Varint.readInt(in, framed.length)];
        in.get(message);
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("bytes after the message");
        }
        return message;
    }

    private static JsonNode read() {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/kad.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, "kad.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
