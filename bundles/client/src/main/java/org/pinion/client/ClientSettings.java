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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * How to reach an API.
 *
 * @param endpoints addresses, tried in order: TCP with an IP address or a name, a unix socket, or what one of {@code
 *     transports} takes
 * @param https whether to use TLS, on TCP
 * @param checkCertificate whether the server's certificate is checked
 * @param credentials {@code user:password} for basic authentication
 * @param token for bearer authentication, as {@link ClusterClient#token} gives it; wins over {@code credentials}
 * @param tls keys and trusted certificates other than the JVM's own
 * @param timeout for a whole request and its answer, uploads and streams too; zero = no limit
 * @param connectTimeout for one attempt to connect
 * @param transports asked before the built-in ones; closed with the client
 * @param proxies which HTTP proxies TCP goes through
 */
public record ClientSettings(
        List<Multiaddr> endpoints,
        boolean https,
        boolean checkCertificate,
        Optional<String> credentials,
        Optional<String> token,
        Optional<SSLContext> tls,
        Duration timeout,
        Duration connectTimeout,
        List<Transport> transports,
        Proxies proxies) {
    /** Longest wait for a connection unless told otherwise. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    /** Copies the lists. */
    public ClientSettings {
        endpoints = List.copyOf(endpoints);
        transports = List.copyOf(transports);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no address of an API was given");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative: " + timeout);
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connect timeout must be positive: " + connectTimeout);
        }
        token.ifPresent(text -> checkHeader("token", text));
    }

    /** Without a token, and with the built-in transports only. */
    public ClientSettings(
            List<Multiaddr> endpoints,
            boolean https,
            boolean checkCertificate,
            Optional<String> credentials,
            Duration timeout) {
        this(
                endpoints,
                https,
                checkCertificate,
                credentials,
                Optional.empty(),
                Optional.empty(),
                timeout,
                CONNECT_TIMEOUT,
                List.of(),
                Proxies.NONE);
    }

    /** Plain HTTP to the first of these addresses that can be reached, without limits. */
    public static ClientSettings of(Multiaddr... endpoints) {
        return new ClientSettings(List.of(endpoints), false, true, Optional.empty(), Duration.ZERO);
    }

    /** The same as a user. */
    public ClientSettings withCredentials(String user, String password) {
        return new ClientSettings(
                endpoints,
                https,
                checkCertificate,
                Optional.of(user + ":" + password),
                token,
                tls,
                timeout,
                connectTimeout,
                transports,
                proxies);
    }

    /** The same as the holder of a token. */
    public ClientSettings withToken(String newToken) {
        return new ClientSettings(
                endpoints,
                https,
                checkCertificate,
                credentials,
                Optional.of(newToken),
                tls,
                timeout,
                connectTimeout,
                transports,
                proxies);
    }

    /** The same over TLS, with the certificates that the JVM trusts. */
    public ClientSettings withHttps() {
        return new ClientSettings(
                endpoints,
                true,
                checkCertificate,
                credentials,
                token,
                tls,
                timeout,
                connectTimeout,
                transports,
                proxies);
    }

    /** The same over TLS, with other keys or trusted certificates. */
    public ClientSettings withTls(SSLContext context) {
        return new ClientSettings(
                endpoints,
                true,
                checkCertificate,
                credentials,
                token,
                Optional.of(context),
                timeout,
                connectTimeout,
                transports,
                proxies);
    }

    /** The same with another bound for each request and its answer; zero = none. */
    public ClientSettings withTimeout(Duration newTimeout) {
        return new ClientSettings(
                endpoints,
                https,
                checkCertificate,
                credentials,
                token,
                tls,
                newTimeout,
                connectTimeout,
                transports,
                proxies);
    }

    /** The same with one more way to connect. */
    public ClientSettings withTransport(Transport transport) {
        List<Transport> more = new ArrayList<>(transports);
        more.add(transport);
        return new ClientSettings(
                endpoints, https, checkCertificate, credentials, token, tls, timeout, connectTimeout, more, proxies);
    }

    /** The same through HTTP proxies. */
    public ClientSettings withProxies(Proxies newProxies) {
        return new ClientSettings(
                endpoints,
                https,
                checkCertificate,
                credentials,
                token,
                tls,
                timeout,
                connectTimeout,
                transports,
                newProxies);
    }

    private static void checkHeader(String what, String text) {
        // the text is a secret: it is not told
        if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IllegalArgumentException(what + " holds a character that no token has");
        }
    }

    /** Never shows the credentials. */
    @Override
    public String toString() {
        return "ClientSettings[endpoints=" + endpoints + ", https=" + https + ", timeout=" + timeout + "]";
    }
}
