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
package org.pinion.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which HTTP proxy a connection goes through, by the environment's variables as programs written in Go read them:
 * {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code NO_PROXY}, each also in lower case. Nothing on this machine is reached
 * through a proxy. Any thread.
 */
public final class Proxies {
    /** Connections are direct. */
    public static final Proxies NONE = new Proxies("", "", "");

    private final String http;
    private final String https;
    private final List<NoProxy> direct = new ArrayList<>();

    /**
     * One proxy.
     *
     * @param scheme {@code http}, {@code https} or {@code socks5}
     * @param host name or address, without brackets
     * @param port its port
     * @param user {@code user:password}; empty = none
     */
    record Proxy(String scheme, String host, int port, String user) {}

    private Proxies(String http, String https, String none) {
        this.http = http;
        this.https = https;
        for (String item : none.split(",", -1)) {
            if (!item.isBlank()) {
                direct.add(NoProxy.of(item.strip().toLowerCase(Locale.ROOT)));
            }
        }
    }

    /** What an environment says. */
    public static Proxies of(Map<String, String> environment) {
        return new Proxies(
                value(environment, "HTTP_PROXY"), value(environment, "HTTPS_PROXY"), value(environment, "NO_PROXY"));
    }

    private static String value(Map<String, String> environment, String name) {
        String upper = environment.getOrDefault(name, "");
        return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
    }

    /**
     * The proxy for a connection.
     *
     * @param host name or address, without brackets
     * @throws IllegalArgumentException if the variable does not name a proxy; without its text, which may hold a password
     */
    Optional<Proxy> of(boolean secure, String host, int port) {
        String text = secure ? https : http;
        String name = host.toLowerCase(Locale.ROOT);
        boolean isDirect = text.isEmpty()
                || name.equals("localhost")
                || NoProxy.isLoopback(name)
                || direct.stream().anyMatch(rule -> rule.matches(name, port));
        return isDirect ? Optional.empty() : Optional.of(parse(text, secure ? "HTTPS_PROXY" : "HTTP_PROXY"));
    }

    private static Proxy parse(String text, String variable) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT).replace("socks5h", "socks5");
            String host = uri.getHost();
            if (host != null && List.of("http", "https", "socks5").contains(scheme)) {
                int usual = scheme.equals("http") ? 80 : scheme.equals("https") ? 443 : 1080;
                String user = uri.getUserInfo() == null ? "" : uri.getUserInfo();
                String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
                return new Proxy(scheme, plain, uri.getPort() < 0 ? usual : uri.getPort(), user);
            }
        } catch (URISyntaxException e) {
            // told below, without the text
        }
        throw new IllegalArgumentException(
                "the variable " + variable + " does not name a proxy; it looks like http://host:port");
    }
}
