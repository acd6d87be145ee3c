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
package org.pinion.api.ipfsproxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code api.ipfsproxy} without its listeners.
 *
 * @param node the IPFS node
 * @param extraHeaders names of headers that are copied from the node's answers
 * @param headersPath what is asked for them
 * @param headersTtl how long they are remembered; zero = for ever
 */
record ProxySettings(NodeAddress node, List<String> extraHeaders, String headersPath, Duration headersTtl) {
    private static final String NODE = "/ip4/127.0.0.1/tcp/5001";
    private static final String HEADERS_PATH = "/api/v0/version";
    private static final String HEADERS_TTL = "5m";
    private static final String IDLE = "1m";

    ProxySettings {
        extraHeaders = List.copyOf(extraHeaders);
    }

    static ProxySettings of(Map<String, ?> section) {
        String ttl = text(section, "extract.headers.ttl", HEADERS_TTL);
        try {
            return new ProxySettings(
                    NodeAddress.of(
                            text(section, "node.multiaddress", NODE),
                            Boolean.parseBoolean(text(section, "node.https", "false"))),
                    texts(section.get("extract.headers.extra")),
                    text(section, "extract.headers.path", HEADERS_PATH),
                    GoDuration.parse(ttl));
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.BAD_REQUEST, "error parsing ipfsproxy.extract_headers_ttl: " + e.getMessage(), e);
        }
    }

    /** The section with the names that the other APIs have for the settings of their listeners. */
    static Map<String, Object> listeners(Map<String, Object> section) {
        Map<String, Object> named = new HashMap<>(section);
        rename(named, "listen.multiaddress", "http.listen.multiaddress");
        rename(named, "log.file", "http.log.file");
        named.putIfAbsent("idle.timeout", IDLE);
        return named;
    }

    private static void rename(Map<String, Object> section, String from, String to) {
        Object value = section.remove(from);
        if (value != null) {
            section.put(to, value);
        }
    }

    private static String text(Map<String, ?> section, String key, String otherwise) {
        Object value = section.get(key);
        return value == null || value.toString().isEmpty() ? otherwise : value.toString();
    }

    private static List<String> texts(@Nullable Object value) {
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
}
