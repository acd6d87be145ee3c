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

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Opens sockets through proxies. Any thread. */
final class ProxyTunnel {
    private static final int MAX_HEAD_BYTES = 16 << 10;

    private ProxyTunnel() {}

    /** A socket through a SOCKS proxy, which looks up the name. */
    static Socket socks(Proxies.Proxy proxy, String host, int port, int timeoutMillis) throws IOException {
        InetSocketAddress at = new InetSocketAddress(proxy.host(), proxy.port());
        Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, at));
        try {
            socket.connect(InetSocketAddress.createUnresolved(host, port), timeoutMillis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Headers that a proxy wants. */
    static Map<String, String> headers(Proxies.Proxy proxy) {
        if (proxy.user().isEmpty()) {
            return Map.of();
        }
        String pair = proxy.user().indexOf(':') < 0 ? proxy.user() + ":" : proxy.user();
        return Map.of(
                "Proxy-Authorization",
                "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    /** Has a proxy connect to a host; afterwards the socket is one to that host. */
    static void connect(Socket socket, Proxies.Proxy proxy, String target, int timeoutMillis) throws IOException {
        StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
        headers(proxy).forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        socket.setSoTimeout(timeoutMillis);
        String head = head(socket.getInputStream());
        socket.setSoTimeout(0);
        String first = head.lines().findFirst().orElse("");
        if (!first.matches("HTTP/1\\.[01] 2[0-9][0-9]( .*)?")) {
            String said = first.replaceAll("[^\\x20-\\x7e]", "?");
            throw new IOException("the proxy " + proxy.host() + ":" + proxy.port() + " does not connect to " + target
                    + "; it answered \"" + said.substring(0, Math.min(60, said.length())) + "\"");
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() >= MAX_HEAD_BYTES) {
                throw new IOException("the proxy closed the connection, or does not speak HTTP");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
