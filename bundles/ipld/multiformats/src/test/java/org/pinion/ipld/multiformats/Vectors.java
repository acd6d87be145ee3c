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
package org.pinion.ipld.multiformats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.stream.StreamSupport;

/** Bytes and texts that the reference implementation gives. */
final class Vectors {
    private Vectors() {}

    static List<JsonNode> wire(String group) {
        return list(read("/vectors/wire.json").get(group));
    }

    static JsonNode protocolCodes() {
        return read("/vectors/wire.json").get("protocolCodes");
    }

    static List<JsonNode> hashCids() {
        return list(read("/vectors/hash-cids.json"));
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static byte[] hex(JsonNode text) {
        return hex(text.asText());
    }

    private static List<JsonNode> list(JsonNode array) {
        Spliterator<JsonNode> nodes = array.spliterator();
        return StreamSupport.stream(nodes, false).toList();
    }

    private static JsonNode read(String resource) {
        try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
