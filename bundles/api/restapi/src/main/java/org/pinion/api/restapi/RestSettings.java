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
package org.pinion.api.restapi;

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
import org.pinion.spi.http.HttpSettings;

/** Turns the properties of the section {@code api.restapi} into checked settings. Pure. */
final class RestSettings {
    private static final String DEFAULT_LISTEN = "/ip4/127.0.0.1/tcp/9094";
    private static final int MIN_HEADER_BYTES = 4096;
    private static final JsonFactory JSON = new JsonFactory();

    private RestSettings() {}

    /**
     * Reads all settings.
     *
     * @param values component properties: service.json's keys with dots
     * @param folder where relative paths begin
     * @param credentials JSON object of users and passwords, if there is one
     * @param privateKey JSON text of the key of the API's own libp2p host, if there is one
     * @throws ClusterException {@code BAD_REQUEST} that names key and value
     */
    static HttpSettings of(
            Map<String, ?> values, Path folder, Optional<String> credentials, Optional<String> privateKey) {
        List<String> addresses = list(values.get("http.listen.multiaddress"));
        List<Multiaddr> listen =
                addresses("http_listen_multiaddress", addresses.isEmpty() ? List.of(DEFAULT_LISTEN) : addresses);
        HttpSettings settings = new HttpSettings(
                listen,
                tls(text(values, "ssl.cert.file"), text(values, "ssl.key.file"), folder),
                users(credentials),
                new HttpSettings.Timeouts(
                        duration(values, "read.timeout", "0s"),
                        duration(values, "read.header.timeout", "5s"),
                        duration(values, "write.timeout", "0s"),
                        duration(values, "idle.timeout", "2m")),
                headerBytes(values),
                cors(values),
                headers(text(values, "headers")),
                Optional.of(text(values, "http.log.file"))
                        .filter(name -> !name.isEmpty())
                        .map(folder::resolve));
        return ownHost(values, privateKey).map(settings::withOwnHost).orElse(settings);
    }

    /** The three keys belong together; whether id and key do is checked with the file. */
    private static Optional<HttpSettings.OwnHost> ownHost(Map<String, ?> values, Optional<String> privateKey) {
        String key = privateKey.map(text -> text.replace("\"", "").strip()).orElse("");
        List<String> addresses = list(values.get("libp2p.listen.multiaddress"));
        if (key.isEmpty() || addresses.isEmpty()) {
            return Optional.empty();
        }
        List<Multiaddr> listen = addresses("libp2p_listen_multiaddress", addresses);
        try {
            PrivateKey identity = PrivateKey.unmarshal(Base64.getDecoder().decode(key));
            return Optional.of(new HttpSettings.OwnHost(identity, listen));
        } catch (IllegalArgumentException e) {
            // the text is a secret: it is not repeated
            throw bad("error parsing restapi.private_key: it is not base64 of a libp2p private key");
        }
    }

    /**
     * The settings of the listeners that answer in the shapes of the 0.11 era, if there are some.
     *
     * @param settings those of the API itself
     */
    static Optional<HttpSettings> legacy(Map<String, ?> values, HttpSettings settings) {
        List<Multiaddr> listen =
                addresses("legacy_http_listen_multiaddress", list(values.get("legacy.http.listen.multiaddress")));
        return listen.isEmpty()
                ? Optional.empty()
                : Optional.of(new HttpSettings(
                        listen,
                        settings.tls(),
                        settings.credentials(),
                        settings.timeouts(),
                        settings.maxHeaderBytes(),
                        settings.cors(),
                        settings.headers(),
                        settings.requestLog()));
    }

    private static List<Multiaddr> addresses(String key, List<String> texts) {
        List<Multiaddr> addresses = new ArrayList<>();
        for (String text : texts) {
            try {
                addresses.add(Multiaddr.parse(text));
            } catch (IllegalArgumentException e) {
                throw bad("error parsing restapi." + key + ": " + e.getMessage());
            }
        }
        return addresses;
    }

    private static HttpSettings.Cors cors(Map<String, ?> values) {
        return new HttpSettings.Cors(
                list(values.get("cors.allowed.origins")),
                list(values.get("cors.allowed.methods")),
                list(values.get("cors.allowed.headers")),
                list(values.get("cors.exposed.headers")),
                Boolean.parseBoolean(text(values, "cors.allow.credentials")),
                duration(values, "cors.max.age", "0s"));
    }

    private static Optional<HttpSettings.Tls> tls(String certificate, String key, Path folder) {
        if (certificate.isEmpty() && key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HttpSettings.Tls(folder.resolve(certificate), folder.resolve(key)));
    }

    private static int headerBytes(Map<String, ?> values) {
        String text = text(values, "max.header.bytes");
        try {
            int bytes = text.isEmpty() || text.equals("0") ? MIN_HEADER_BYTES : Integer.parseInt(text);
            if (bytes < MIN_HEADER_BYTES) {
                throw bad("restapi.max_header_bytes must be not less then " + MIN_HEADER_BYTES + ": " + bytes);
            }
            return bytes;
        } catch (NumberFormatException e) {
            throw bad("restapi.max_header_bytes is not a number: " + text);
        }
    }

    private static Duration duration(Map<String, ?> values, String key, String otherwise) {
        String text = text(values, key);
        Duration duration;
        try {
            duration = Times.duration(text.isEmpty() ? otherwise : text);
        } catch (IllegalArgumentException e) {
            throw bad("restapi." + key.replace('.', '_') + ": " + e.getMessage());
        }
        if (duration.isNegative()) {
            throw bad("restapi." + key.replace('.', '_') + " is invalid: " + text + " is negative");
        }
        return duration;
    }

    private static String text(Map<String, ?> values, String key) {
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

    private static Map<String, String> users(Optional<String> json) {
        if (json.isEmpty() || json.get().strip().equals("null")) {
            return Map.of();
        }
        Map<String, String> users = new LinkedHashMap<>();
        objects(json.get(), "basic_auth_credentials", false).forEach((user, one) -> users.put(user, one.get(0)));
        if (users.isEmpty()) {
            throw bad("restapi.basic_auth_creds should be null or have at least one entry");
        }
        return users;
    }

    private static Map<String, List<String>> headers(String json) {
        return json.isEmpty() || json.equals("null") ? Map.of() : objects(json, "headers", true);
    }

    /** An object whose values are texts, or lists of texts. */
    private static Map<String, List<String>> objects(String json, String key, boolean lists) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, key);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
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
                all.put(name, texts);
            }
            return all;
        } catch (IOException e) {
            // the text may be a secret: it is not repeated
            throw bad("restapi." + key + " is not a JSON object of the right form");
        }
    }

    private static void require(boolean right, String key) {
        if (!right) {
            throw bad("restapi." + key + " is not a JSON object of the right form");
        }
    }

    private static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }
}
