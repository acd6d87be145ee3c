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
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.pinion.ipld.multiformats.Multiaddr;

/** TCP, with and without TLS, and unix sockets. A name stands for all its addresses, which are tried in order. */
final class SocketTransport implements Transport {
    private static final List<String> HOSTS = List.of("ip4", "ip6", "dns4", "dns6", "dns");

    private final ClientSettings settings;

    SocketTransport(ClientSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean takes(Multiaddr address) {
        return address.has("unix") || address.has("tcp");
    }

    @Override
    public Channel open(Multiaddr address, Duration timeout) throws IOException {
        Optional<String> unix = address.value("unix");
        return unix.isPresent() ? new UnixChannel(unix.get()) : tcp(address, timeout);
    }

    private Channel tcp(Multiaddr address, Duration timeout) throws IOException {
        String host = host(address);
        int port = Integer.parseInt(address.value("tcp")
                .orElseThrow(() -> new IOException("address has neither a TCP port nor a unix path")));
        Optional<Proxies.Proxy> proxy = proxy(host, port);
        if (proxy.isPresent()) {
            return through(proxy.get(), host, port, timeout);
        }
        IOException last = null;
        for (InetAddress target : resolve(address, host)) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(target, port), (int) timeout.toMillis());
                Socket used = settings.https() ? secure(socket, host, port, timeout) : socket;
                return new Tcp(used, name(host, port), "", Map.of());
            } catch (IOException | RuntimeException e) {
                socket.close();
                last = e instanceof IOException io ? io : new IOException(e);
            }
        }
        throw last == null ? new UnknownHostException("no address behind the name " + host) : last;
    }

    private static String name(String host, int port) {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private Optional<Proxies.Proxy> proxy(String host, int port) throws IOException {
        try {
            return settings.proxies().of(settings.https(), host, port);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A proxy gets requests of plain HTTP as they are, and only carries the bytes of TLS. */
    private Channel through(Proxies.Proxy proxy, String host, int port, Duration timeout) throws IOException {
        int millis = (int) timeout.toMillis();
        Socket socket = proxy.scheme().equals("socks5") ? ProxyTunnel.socks(proxy, host, port, millis) : new Socket();
        try {
            socket.setTcpNoDelay(true);
            String name = name(host, port);
            if (!socket.isConnected()) {
                socket.connect(new InetSocketAddress(proxy.host(), proxy.port()), millis);
                if (proxy.scheme().equals("https")) {
                    socket = secure(socket, proxy.host(), proxy.port(), timeout);
                }
                if (!settings.https()) {
                    return new Tcp(socket, name, "http://" + name, ProxyTunnel.headers(proxy));
                }
                ProxyTunnel.connect(socket, proxy, name, millis);
            }
            return new Tcp(settings.https() ? secure(socket, host, port, timeout) : socket, name, "", Map.of());
        } catch (IOException e) {
            socket.close();
            throw new IOException("by the proxy " + proxy.host() + ":" + proxy.port() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static String host(Multiaddr address) throws IOException {
        for (String protocol : HOSTS) {
            Optional<String> host = address.value(protocol);
            if (host.isPresent()) {
                return host.get();
            }
        }
        throw new IOException("address has no host");
    }

    private static List<InetAddress> resolve(Multiaddr address, String host) throws IOException {
        List<InetAddress> all = new ArrayList<>();
        try {
            for (InetAddress one : InetAddress.getAllByName(host)) {
                boolean other = (address.has("dns4") && !(one instanceof Inet4Address))
                        || (address.has("dns6") && !(one instanceof Inet6Address));
                if (!other) {
                    all.add(one);
                }
            }
        } catch (UnknownHostException e) {
            throw new IOException("the name " + host + " cannot be resolved", e);
        }
        return all;
    }

    private Socket secure(Socket socket, String host, int port, Duration timeout) throws IOException {
        SSLSocket secure = (SSLSocket) context().getSocketFactory().createSocket(socket, host, port, true);
        if (settings.checkCertificate()) {
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        secure.setSoTimeout((int) timeout.toMillis());
        try {
            secure.startHandshake();
        } catch (SSLException e) {
            String text = String.valueOf(e.getMessage());
            throw new IOException(
                    text.contains("Unsupported or unrecognized SSL message")
                            ? "the server does not speak TLS; leave https out, or add force-http to basic-auth"
                            : "TLS failed: " + text,
                    e);
        }
        secure.setSoTimeout(0);
        return secure;
    }

    private SSLContext context() throws IOException {
        if (settings.tls().isPresent()) {
            return settings.tls().get();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, settings.checkCertificate() ? null : TrustAll.MANAGERS, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available: " + e.getMessage(), e);
        }
    }

    private static final class Tcp implements Channel {
        private final Socket socket;
        private final String host;
        private final String base;
        private final Map<String, String> headers;

        Tcp(Socket socket, String host, String base, Map<String, String> headers) {
            this.socket = socket;
            this.host = host;
            this.base = base;
            this.headers = headers;
        }

        @Override
        public String base() {
            return base;
        }

        @Override
        public Map<String, String> headers() {
            return headers;
        }

        @Override
        public String host() {
            return host;
        }

        @Override
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void readTimeout(Duration timeout) throws IOException {
            socket.setSoTimeout(timeout.isZero() ? 0 : (int) Math.max(1, timeout.toMillis()));
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                return; // nothing is lost: the connection is given up
            }
        }
    }
}
