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
package org.pinion.libp2p.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/** Golden bytes made by the reference libraries. */
public final class Vectors {
    private static final JsonNode GROUPS = load();

    private Vectors() {}

    private static JsonNode load() {
        try (InputStream in = Vectors.class.getResourceAsStream("/wire-vectors.json")) {
            return new ObjectMapper().readTree(in).get("groups");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One vector of a group. */
    public static JsonNode vector(String group, String name) {
        for (JsonNode each : GROUPS) {
            if (each.get("group").asText().equals(group)) {
                for (JsonNode vector : each.get("vectors")) {
                    if (vector.get("name").asText().equals(name)) {
                        return vector;
                    }
                }
            }
        }
        throw new AssertionError("no vector " + name + " in group " + group);
    }

    /** All vectors of a group. */
    public static JsonNode group(String group) {
        for (JsonNode each : GROUPS) {
            if (each.get("group").asText().equals(group)) {
                return each.get("vectors");
            }
        }
        throw new AssertionError("no group " + group);
    }

    public static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The bytes of a vector. */
    public static byte[] bytes(String group, String name) {
        return hex(vector(group, name).get("hex").asText());
    }
}
