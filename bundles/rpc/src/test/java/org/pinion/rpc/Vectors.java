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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Golden bytes of the reference. */
final class Vectors {
    private static final JsonNode ALL = load();

    private Vectors() {}

    static byte[] hex(String group, String name, String field) {
        for (JsonNode vector : ALL.get(group)) {
            if (vector.get("name").asText().equals(name)) {
                return HexFormat.of().parseHex(vector.get(field).asText());
            }
        }
        throw new AssertionError("no vector " + group + " / " + name);
    }

    static byte[] hex(String group, String name) {
        return hex(group, name, "hex");
    }

    static List<String> names(String group) {
        List<String> names = new ArrayList<>();
        ALL.get(group).forEach(vector -> names.add(vector.get("name").asText()));
        return names;
    }

    static JsonNode decoded(String group, String name) {
        for (JsonNode vector : ALL.get(group)) {
            if (vector.get("name").asText().equals(name)) {
                return vector.path("decoded");
            }
        }
        throw new AssertionError("no vector " + group + " / " + name);
    }

    static MsgIn in(byte[] bytes) {
        return new MsgIn(new ByteArrayInputStream(bytes));
    }

    interface Writing {
        void to(MsgOut out) throws IOException;
    }

    static byte[] written(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MsgOut out = MsgOut.to(bytes);
        writing.to(out);
        out.flush();
        return bytes.toByteArray();
    }

    static <T> byte[] encoded(Class<T> type, T value) throws IOException {
        return written(out -> Codecs.of(type).write(out, value));
    }

    private static JsonNode load() {
        try (InputStream file = Vectors.class.getResourceAsStream("/vectors/rpc.json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
