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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpSettings;

/** Who may send commands: not the pages that a browser on this machine happens to show. */
final class Access {
    private final Set<String> origins = new HashSet<>();

    Access(HttpSettings settings) {
        origins.addAll(settings.cors().allowedOrigins());
        for (Multiaddr address : settings.listen()) {
            Optional<String> port = address.value("tcp");
            for (String host : new String[] {"127.0.0.1", "localhost", "[::1]"}) {
                port.ifPresent(number -> origins.add("http://" + host + ":" + number));
            }
        }
    }

    /** Answers what is refused, and an {@code OPTIONS}. */
    boolean refuses(Exchange exchange) throws IOException {
        Exchange.Request request = exchange.request();
        if (request.method().equals("OPTIONS")) {
            exchange.status(204).header("Allow", "OPTIONS, POST");
            return true;
        }
        if (!request.method().equals("POST")) {
            exchange.header("Allow", "OPTIONS, POST");
            Reply.plain(exchange, 405, "405 - Method Not Allowed");
            return true;
        }
        Optional<String> origin = request.header("origin").filter(text -> !text.isEmpty());
        Optional<String> referer = request.header("referer").filter(text -> !text.isEmpty());
        boolean browser = origin.isEmpty()
                && referer.isEmpty()
                && request.header("user-agent")
                        .filter(agent -> agent.startsWith("Mozilla") && !agent.contains("Electron"))
                        .isPresent();
        boolean allowed = origin.map(this::isAllowed).orElse(true)
                && referer.map(text -> isAllowed(originOf(text))).orElse(true);
        if (browser || !allowed) {
            Reply.plain(exchange, 403, "403 - Forbidden");
            return true;
        }
        return false;
    }

    private boolean isAllowed(String origin) {
        return origins.contains("*") || origins.contains(origin);
    }

    private static String originOf(String referer) {
        try {
            URI uri = new URI(referer);
            return uri.getScheme() + "://" + uri.getRawAuthority();
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
