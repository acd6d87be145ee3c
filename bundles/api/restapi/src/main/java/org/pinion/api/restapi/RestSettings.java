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

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;

/** The settings of the section {@code api.restapi}, and of the listeners in it that answer as 0.11 did. Pure. */
final class RestSettings {
    private static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/9094");
    private static final String LISTEN = "http.listen.multiaddress";
    private static final String LEGACY_LISTEN = "legacy.http.listen.multiaddress";

    private RestSettings() {}

    /**
     * Reads all settings.
     *
     * @param section component properties: service.json's keys with dots
     * @throws ClusterException {@code BAD_REQUEST} that names key and value
     */
    static HttpSettings of(Map<String, ?> section, HttpSettingsReader reader) {
        return reader.read(RestApi.PID, section, DEFAULT_LISTEN);
    }

    /**
     * The settings of the listeners that answer in the shapes of the 0.11 era, if there are some: those of the API itself
     * at other addresses, without a libp2p host.
     */
    static Optional<HttpSettings> legacy(Map<String, ?> section, HttpSettingsReader reader) {
        List<?> addresses = list(section.get(LEGACY_LISTEN));
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        for (Object address : addresses) {
            try {
                Multiaddr.parse(String.valueOf(address));
            } catch (IllegalArgumentException e) {
                throw new ClusterException(
                        ErrorCode.BAD_REQUEST,
                        "error parsing restapi.legacy_http_listen_multiaddress: " + e.getMessage());
            }
        }
        Map<String, Object> own = new HashMap<>(section);
        own.put(LISTEN, addresses);
        own.remove("libp2p.listen.multiaddress");
        return Optional.of(reader.read(RestApi.PID, own, DEFAULT_LISTEN));
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof Object[] array) {
            return List.of(array);
        }
        if (value instanceof Collection<?> items) {
            return List.copyOf(items);
        }
        return value == null || value.toString().isEmpty() ? List.of() : List.of(value);
    }
}
