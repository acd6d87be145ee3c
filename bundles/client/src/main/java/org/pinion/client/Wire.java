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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.pinion.ipld.multiformats.Multiaddr;

/** A connection's bytes: TCP, TLS or a unix socket. One thread may read while another one writes. */
abstract class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 30_000;

    /** What to put into the Host header. */
    abstract String host();

    abstract InputStream in() throws IOException;

    abstract OutputStream out() throws IOException;

    /** How long one read may wait; 0 = without limit. */
    abstract void readTimeout(int millis) throws IOException;

    @Override
    public abstract void close();

    /** Connects; the message of a failure names the address. */
    static Wire open(Multiaddr address, ClientSettings settings) throws IOException {
        try {
            Optional<String> unix = address.value("unix");
            return unix.isPresent() ? new Unix(unix.get()) : tcp(address, settings);
        } catch (IOException e) {
            String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException("cannot connect to " + address + ": " + text, e);
        }
    }

    private static Wire tcp(Multiaddr address, ClientSettings settings) throws IOException {
        String host = host(address);
        int port = Integer.parseInt(address.value("tcp")
                .orElseThrow(() -> new IOException("address has neither a TCP port nor a unix path")));
        int connectMillis = settings.timeout().isZero()
                ? CONNECT_MILLIS
                : (int) Math.min(CONNECT_MILLIS, Math.max(1, settings.timeout().toMillis()));
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), connectMillis);
            String name = host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
            return new Tcp(settings.https() ? secure(socket, host, port, settings) : socket, name);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static String host(Multiaddr address) throws IOException {
        for (String protocol : List.of("ip4", "ip6", "dns4", "dns6", "dns")) {
            Optional<String> host = address.value(protocol);
            if (host.isPresent()) {
                return host.get();
            }
        }
        throw new IOException("address has no host");
    }

    private static Socket secure(Socket socket, String host, int port, ClientSettings settings) throws IOException {
        SSLSocketFactory factory;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, settings.checkCertificate() ? null : TrustAll.MANAGERS, null);
            factory = context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available: " + e.getMessage(), e);
        }
        SSLSocket secure = (SSLSocket) factory.createSocket(socket, host, port, true);
        if (settings.checkCertificate()) {
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        secure.startHandshake();
        return secure;
    }

    private static final class Tcp extends Wire {
        private final Socket socket;
        private final String host;

        Tcp(Socket socket, String host) {
            this.socket = socket;
            this.host = host;
        }

        @Override
        String host() {
            return host;
        }

        @Override
        InputStream in() throws IOException {
            return socket.getInputStream();
        }

        @Override
        OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        void readTimeout(int millis) throws IOException {
            socket.setSoTimeout(millis);
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

    /** The JDK's unix sockets know no timeouts, so reads and writes wait on selectors. */
    private static final class Unix extends Wire {
        private final SocketChannel channel;
        private final Selector readable;
        private final Selector writable;
        private int timeoutMillis;

        Unix(String path) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
            readable = Selector.open();
            writable = Selector.open();
            channel.configureBlocking(false);
            channel.register(readable, SelectionKey.OP_READ);
            channel.register(writable, SelectionKey.OP_WRITE);
        }

        @Override
        String host() {
            return "localhost";
        }

        @Override
        InputStream in() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    ByteBuffer into = ByteBuffer.wrap(target, offset, length);
                    int size = channel.read(into);
                    while (size == 0 && length > 0) {
                        if (readable.select(timeoutMillis) == 0 && timeoutMillis > 0) {
                            throw new SocketTimeoutException("Read timed out");
                        }
                        readable.selectedKeys().clear();
                        size = channel.read(into);
                    }
                    return size;
                }
            };
        }

        @Override
        OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] source, int offset, int length) throws IOException {
                    ByteBuffer from = ByteBuffer.wrap(source, offset, length);
                    while (from.hasRemaining()) {
                        if (channel.write(from) == 0) {
                            writable.select();
                            writable.selectedKeys().clear();
                        }
                    }
                }
            };
        }

        @Override
        void readTimeout(int millis) {
            timeoutMillis = millis;
        }

        @Override
        public void close() {
            try {
                channel.close();
                readable.close();
                writable.close();
            } catch (IOException e) {
                return; // nothing is lost: the connection is given up
            }
        }
    }
}
