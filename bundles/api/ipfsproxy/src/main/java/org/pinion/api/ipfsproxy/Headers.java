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

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.pinion.spi.http.Exchange;

/**
 * What of the headers is passed on. Pure.
 *
 * @spec RFC 9110 section 7.6.1
 */
final class Headers {
    /** They end at the next hop. {@code expect} is answered by the server that reads the body. */
    private static final Set<String> HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "expect");

    private static final String FORWARDED_FOR = "x-forwarded-for";

    private Headers() {}

    /**
     * Copies the client's headers, except the body's length, which comes with the body.
     *
     * @param host whether the client's {@code Host} goes along
     */
    static void copy(Exchange.Request from, Request to, boolean host) {
        Set<String> dropped = hop(from.headers().getOrDefault("connection", List.of()));
        dropped.add("content-length");
        dropped.add(FORWARDED_FOR);
        if (!host) {
            dropped.add("host");
        }
        to.headers(fields -> {
            for (Map.Entry<String, List<String>> header : from.headers().entrySet()) {
                if (!dropped.contains(header.getKey())) {
                    header.getValue().forEach(value -> fields.add(header.getKey(), value));
                }
            }
            List<String> before = from.headers().getOrDefault(FORWARDED_FOR, List.of());
            String chain = String.join(", ", before);
            fields.put("X-Forwarded-For", chain.isEmpty() ? from.remote() : chain + ", " + from.remote());
        });
    }

    /** Copies the node's headers and announces its trailers. */
    static void copy(HttpFields from, Exchange to) {
        Set<String> dropped = hop(from.getValuesList("Connection"));
        for (HttpField field : from) {
            if (!dropped.contains(field.getLowerCaseName())) {
                String value = field.getValue();
                to.header(field.getName(), value == null ? "" : text(value));
            }
        }
        for (String name : from.getCSV("Trailer", false)) {
            to.announceTrailer(name);
        }
    }

    /** Header values come as Latin-1 and are meant as UTF-8. */
    static String text(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static Set<String> hop(List<String> connection) {
        Set<String> dropped = new HashSet<>(HOP);
        for (String names : connection) {
            for (String name : names.split(",")) {
                dropped.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        dropped.remove("host");
        return dropped;
    }
}
