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
package org.pinion.api.server;

import java.io.IOException;
import java.net.BindException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.alpn.java.server.JDK9ServerALPNProcessor;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.Host;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of one {@link HttpApi}. Opened and closed by its owner; requests run on its own bounded pool. */
public final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");

    private static final int MAX_THREADS = 128;
    private static final int MIN_THREADS = 4;
    /** Bounds also the pool's queue: a connection has one task at a time. */
    private static final int MAX_CONNECTIONS = 2048;

    /** Requests at once on one HTTP/2 connection. */
    private static final int MAX_STREAMS = 128;

    private static final int THREAD_IDLE_MILLIS = 30_000;
    /** The reference reads this much more than max_header_bytes before it gives up. */
    private static final int HEADER_SLACK_BYTES = 4096;

    /** One read of a body; held only while there is something in it. */
    private static final int INPUT_BYTES = 64 << 10;

    private static final int POOLED_HEAP_BYTES = 4 << 20;
    private static final int POOLED_DIRECT_BYTES = 16 << 20;
    /** No byte in either direction for this long while a request runs: the client is gone. */
    private static final Duration STALLED = Duration.ofMinutes(10);

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final HttpApi api;
    private final Server server;
    private final ApiHandler handler;
    private final RequestLogger log;
    private final List<Multiaddr> addresses;

    private ApiServer(HttpApi api, Server server, ApiHandler handler, RequestLogger log, List<Multiaddr> addresses) {
        this.api = api;
        this.server = server;
        this.handler = handler;
        this.log = log;
        this.addresses = List.copyOf(addresses);
    }

    /**
     * Opens all listeners of an API, or none.
     *
     * @param clock tells when tokens expire
     * @throws IOException if one cannot be opened; the message names its address
     */
    public static ApiServer open(HttpApi api, InstantSource clock) throws IOException {
        HttpSettings settings = api.settings();
        if (settings.listen().isEmpty()) {
            throw new IOException("no listen address is set");
        }
        return start(api, clock, (server, http) -> {
            List<AbstractConnector> connectors = new ArrayList<>();
            try {
                for (Multiaddr address : settings.listen()) {
                    connectors.add(openConnector(server, secured(api.name(), settings, http), address));
                }
                return connectors;
            } catch (IOException e) {
                connectors.forEach(ApiServer::closeQuietly);
                throw e;
            }
        });
    }

    /**
     * Serves an API on the streams of a libp2p host, without TLS: the host has its own. The host stays the caller's.
     *
     * @param clock tells when tokens expire
     * @throws IOException if the request log cannot be opened
     * @throws IllegalStateException if the host serves something under that protocol already
     */
    public static ApiServer open(HttpApi api, InstantSource clock, Host host) throws IOException {
        return start(api, clock, (server, http) -> List.of(new StreamConnector(server, host, http)));
    }

    private static ApiServer start(HttpApi api, InstantSource clock, Connectors kind) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Jetty looks for ALPN with the context class loader, which in OSGi is whoever called
        thread.setContextClassLoader(JDK9ServerALPNProcessor.class.getClassLoader());
        try {
            return startInside(api, clock, kind);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static ApiServer startInside(HttpApi api, InstantSource clock, Connectors kind) throws IOException {
        HttpSettings settings = api.settings();
        RequestLogger log = new RequestLogger(api.name(), settings.requestLog());
        Server server = server(api.name());
        server.setRequestLog(log);
        FirstRequestDeadline deadline =
                new FirstRequestDeadline(settings.timeouts().readHeader());
        ApiHandler handler = new ApiHandler(api, deadline, clock);
        server.setHandler(handler);
        server.setErrorHandler(new PlainErrors(api.name(), handler::isGoing));
        List<? extends AbstractConnector> connectors = List.of();
        try {
            HttpConnectionFactory factory = deadline.factory(http(settings));
            factory.setInputBufferSize(INPUT_BYTES);
            connectors = kind.open(server, factory);
            for (AbstractConnector connector : connectors) {
                connector.setIdleTimeout(millis(settings.timeouts().idle()));
                server.addConnector(connector);
            }
            server.start();
        } catch (Exception e) {
            connectors.forEach(ApiServer::closeQuietly);
            stop(server, api.name());
            log.close();
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
        List<Multiaddr> bound = new ArrayList<>();
        for (int i = 0; i < connectors.size(); i++) {
            if (!(connectors.get(i) instanceof StreamConnector)) {
                bound.add(realAddress(settings.listen().get(i), connectors.get(i)));
            }
        }
        return new ApiServer(api, server, handler, log, bound);
    }

    private static Server server(String name) {
        QueuedThreadPool pool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS, THREAD_IDLE_MILLIS);
        pool.setName("pinion-api-server-" + name);
        pool.setDaemon(true);
        Server server =
                new Server(pool, null, new ArrayByteBufferPool(-1, -1, -1, 64, POOLED_HEAP_BYTES, POOLED_DIRECT_BYTES));
        server.setStopAtShutdown(false);
        server.setStopTimeout(0);
        server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
        return server;
    }

    /** Where it listens, with the real ports. */
    public List<Multiaddr> addresses() {
        return addresses;
    }

    /**
     * Closes the listeners, so that another server can have their addresses; requests that are open go on. The caller
     * closes this server in the end.
     *
     * @return completes when the requests of now have ended
     */
    public CompletableFuture<Void> drain() {
        closeListeners();
        for (ManagedSelector selector : server.getContainedBeans(ManagedSelector.class)) {
            awaitTurn(selector); // it may have been on its way to a select that does not see it yet
            awaitTurn(selector);
        }
        return handler.drain();
    }

    /** A channel that is closed keeps its address until its selector has taken notice. */
    private static void awaitTurn(ManagedSelector selector) {
        CountDownLatch turned = new CountDownLatch(1);
        selector.submit(now -> turned.countDown());
        try {
            if (!turned.await(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("a selector is slow to let go of its listener");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeListeners() {
        for (var connector : server.getConnectors()) {
            if (connector instanceof AbstractConnector open) {
                closeQuietly(open);
            }
        }
    }

    /** Closes listeners, ends open streams with the reason, and waits a moment for them. */
    @Override
    public void close() {
        closeListeners();
        handler.stopExchanges(api.name() + " is stopping", CLOSE_WAIT);
        stop(server, api.name());
        log.close();
    }

    private static AbstractConnector openConnector(Server server, ConnectionFactory[] factories, Multiaddr address)
            throws IOException {
        Optional<String> unix = address.value("unix");
        AbstractConnector connector;
        try {
            if (unix.isPresent()) {
                UnixConnector socket = new UnixConnector(server, Path.of(unix.get()), factories);
                socket.open();
                connector = socket;
            } else {
                HostPort target = HostPort.of(address);
                ServerConnector tcp = new WatchedConnector(server, factories);
                tcp.setHost(target.host());
                tcp.setPort(target.port());
                tcp.setAcceptQueueSize(512);
                tcp.open();
                connector = tcp;
            }
        } catch (IOException e) {
            throw new IOException("listen " + address + ": " + reason(e), e);
        }
        return connector;
    }

    private static HttpConfiguration http(HttpSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(settings.maxHeaderBytes() + HEADER_SLACK_BYTES);
        http.setIdleTimeout(STALLED.toMillis());
        // paths are cleaned and matched here, by the reference's rules
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }

    /** HTTP/1.1 and, where the client asks for it, HTTP/2 inside TLS; or plain HTTP/1.1. */
    private static ConnectionFactory[] secured(String api, HttpSettings settings, HttpConnectionFactory plain)
            throws IOException {
        if (settings.tls().isEmpty()) {
            return new ConnectionFactory[] {plain};
        }
        // as the reference: which name a client uses is no matter, or it could not come by an address
        plain.getHttpConfiguration().addCustomizer(new SecureRequestCustomizer(false));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(plain.getProtocol());
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(plain.getHttpConfiguration());
        http2.setMaxConcurrentStreams(MAX_STREAMS);
        ReloadingTls tls = new ReloadingTls(api, settings.tls().get());
        return new ConnectionFactory[] {new SslConnectionFactory(tls, alpn.getProtocol()), alpn, http2, plain};
    }

    private static long millis(Duration timeout) {
        return timeout.isZero() ? 0 : Math.max(1, timeout.toMillis());
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                String text = String.valueOf(cause.getMessage());
                return text.contains("in use")
                        ? "bind: address already in use; stop the program that has it or change the address"
                        : "bind: " + text;
            }
        }
        return String.valueOf(failure.getMessage());
    }

    private static Multiaddr realAddress(Multiaddr wanted, AbstractConnector connector) {
        if (connector instanceof ServerConnector tcp
                && wanted.value("tcp").filter("0"::equals).isPresent()) {
            return Multiaddr.parse(wanted.toString().replaceFirst("/tcp/0(?=$|/)", "/tcp/" + tcp.getLocalPort()));
        }
        return wanted;
    }

    private static void closeQuietly(AbstractConnector connector) {
        try {
            if (connector instanceof UnixConnector unix) {
                unix.close();
            } else if (connector instanceof ServerConnector tcp) {
                Object listener = tcp.getTransport();
                tcp.close();
                if (listener instanceof ServerSocketChannel channel) {
                    IO.close(channel); // Jetty leaves it open when a selector accepts
                }
            }
        } catch (RuntimeException e) {
            LOG.debug("closing a listener failed", e);
        }
    }

    private static void stop(Server server, String name) {
        try {
            server.stop();
            if (server.getThreadPool() instanceof QueuedThreadPool pool && pool.isRunning()) {
                pool.stop();
            }
        } catch (Exception e) {
            LOG.warn("server of api={} did not stop cleanly: {}", name, e.toString());
        }
    }

    /** TCP, with end points that notice when a client goes. */
    private static final class WatchedConnector extends ServerConnector {
        WatchedConnector(Server server, ConnectionFactory... factories) {
            super(server, null, null, null, 0, 1, factories);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            WatchedEndPoint endPoint = new WatchedEndPoint(channel, selector, key, getScheduler(), getExecutor());
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }
    }

    /** Makes the connectors of a server, around its HTTP/1.1. */
    private interface Connectors {
        List<? extends AbstractConnector> open(Server server, HttpConnectionFactory http) throws IOException;
    }

    /** Where to bind or to connect. */
    record HostPort(String host, int port) {
        static HostPort of(Multiaddr address) throws IOException {
            for (String protocol : List.of("ip4", "ip6", "dns4", "dns6", "dns")) {
                Optional<String> host = address.value(protocol);
                Optional<String> port = address.value("tcp");
                if (host.isPresent() && port.isPresent()) {
                    return new HostPort(host.get(), Integer.parseInt(port.get()));
                }
            }
            throw new IOException("address has neither a TCP port nor a unix path: " + address);
        }
    }
}
