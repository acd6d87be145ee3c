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
package org.pinion.api.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.http.HttpSettings;

/**
 * The section of one API.
 *
 * @param name its name, for messages
 * @param values component properties
 * @param folder where relative paths begin
 */
record ApiSection(String name, Map<String, ?> values, Path folder) {
    private static final int MIN_HEADER_BYTES = 4096;
    private static final JsonFactory JSON = new JsonFactory();

    HttpSettings settings(Multiaddr otherwise, Optional<String> credentials, Optional<String> privateKey) {
        List<Multiaddr> listen = addresses("http_listen_multiaddress");
        HttpSettings settings = new HttpSettings(
                listen.isEmpty() ? List.of(otherwise) : listen,
                tls(text("ssl.cert.file"), text("ssl.key.file")),
                users(credentials),
                new HttpSettings.Timeouts(
                        duration("read.timeout", "0s"),
                        duration("read.header.timeout", "5s"),
                        duration("write.timeout", "0s"),
                        duration("idle.timeout", "2m")),
                headerBytes(),
                cors(),
                headers(text("headers")),
                Optional.of(text("http.log.file"))
                        .filter(file -> !file.isEmpty())
                        .map(folder::resolve));
        return ownHost(privateKey).map(settings::withOwnHost).orElse(settings);
    }

    /** The three keys belong together; whether id and key do is checked with the file. */
    private Optional<HttpSettings.OwnHost> ownHost(Optional<String> privateKey) {
        String key = privateKey.map(text -> text.replace("\"", "").strip()).orElse("");
        List<Multiaddr> listen = addresses("libp2p_listen_multiaddress");
        if (key.isEmpty() || listen.isEmpty()) {
            return Optional.empty();
        }
        try {
            PrivateKey identity = PrivateKey.unmarshal(Base64.getDecoder().decode(key));
            return Optional.of(new HttpSettings.OwnHost(identity, listen));
        } catch (IllegalArgumentException e) {
            // the text is a secret: it is not repeated
            throw bad("error parsing " + name + ".private_key: it is not base64 of a libp2p private key");
        }
    }

    private List<Multiaddr> addresses(String key) {
        List<Multiaddr> all = new ArrayList<>();
        for (String text : list(values.get(key.replace('_', '.')))) {
            try {
                all.add(Multiaddr.parse(text));
            } catch (IllegalArgumentException e) {
                throw bad("error parsing " + name + "." + key + ": " + e.getMessage());
            }
        }
        return all;
    }

    private HttpSettings.Cors cors() {
        return new HttpSettings.Cors(
                list(values.get("cors.allowed.origins")),
                list(values.get("cors.allowed.methods")),
                list(values.get("cors.allowed.headers")),
                list(values.get("cors.exposed.headers")),
                Boolean.parseBoolean(text("cors.allow.credentials")),
                duration("cors.max.age", "0s"));
    }

    private Optional<HttpSettings.Tls> tls(String certificate, String key) {
        if (certificate.isEmpty() && key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HttpSettings.Tls(folder.resolve(certificate), folder.resolve(key)));
    }

    private int headerBytes() {
        String text = text("max.header.bytes");
        try {
            int bytes = text.isEmpty() || text.equals("0") ? MIN_HEADER_BYTES : Integer.parseInt(text);
            if (bytes < MIN_HEADER_BYTES) {
                throw bad(name + ".max_header_bytes must be not less then " + MIN_HEADER_BYTES + ": " + bytes);
            }
            return bytes;
        } catch (NumberFormatException e) {
            throw bad(name + ".max_header_bytes is not a number: " + text);
        }
    }

    private Duration duration(String key, String otherwise) {
        String text = text(key);
        Duration duration;
        try {
            duration = GoDuration.parse(text.isEmpty() ? otherwise : text);
        } catch (IllegalArgumentException e) {
            throw bad(name + "." + key.replace('.', '_') + ": " + e.getMessage());
        }
        if (duration.isNegative()) {
            throw bad(name + "." + key.replace('.', '_') + " is invalid: " + text + " is negative");
        }
        return duration;
    }

    private String text(String key) {
        Object value = values.get(key);
        return value == null ? "" : value.toString();
    }

    private static List<String> list(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof Object[] array) {
            for (Object item : array) {
                texts.add(String.valueOf(item));
            }
        } else if (value instanceof Collection<?> items) {
            items.forEach(item -> texts.add(String.valueOf(item)));
        } else if (value != null && !value.toString().isEmpty()) {
            texts.add(value.toString());
        }
        return texts;
    }

    private Map<String, String> users(Optional<String> json) {
        if (json.isEmpty() || json.get().strip().equals("null")) {
            return Map.of();
        }
        Map<String, String> users = new LinkedHashMap<>();
        objects(json.get(), "basic_auth_credentials", false).forEach((user, one) -> users.put(user, one.get(0)));
        if (users.isEmpty()) {
            throw bad(name + ".basic_auth_creds should be null or have at least one entry");
        }
        return users;
    }

    private Map<String, List<String>> headers(String json) {
        return json.isEmpty() || json.equals("null") ? Map.of() : objects(json, "headers", true);
    }

    /** An object whose values are texts, or lists of texts. */
    private Map<String, List<String>> objects(String json, String key, boolean lists) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, key);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                List<String> texts = new ArrayList<>();
                JsonToken token = parser.nextToken();
                if (lists && token == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.VALUE_STRING) {
                        texts.add(parser.getText());
                    }
                    require(parser.currentToken() == JsonToken.END_ARRAY, key);
                } else {
                    require(!lists && token == JsonToken.VALUE_STRING, key);
                    texts.add(parser.getText());
                }
                all.put(field, texts);
            }
            return all;
        } catch (IOException e) {
            // the text may be a secret: it is not repeated
            throw bad(name + "." + key + " is not a JSON object of the right form");
        }
    }

    private void require(boolean right, String key) {
        if (!right) {
            throw bad(name + "." + key + " is not a JSON object of the right form");
        }
    }

    private static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }
}
