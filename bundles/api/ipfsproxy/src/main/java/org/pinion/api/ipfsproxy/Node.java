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

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to the IPFS node. The client starts with the first request, so that an unused proxy costs nothing. */
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.ipfsproxy");
    private static final String NAME = "pinion-api-ipfsproxy";
    /** As many as the server lets in: a request never waits for another one. */
    private static final int MAX_CONNECTIONS = 2048;

    private static final int MAX_THREADS = 64;
    private static final long SOON_MICROS = 1000;
    /** Transfers with large buffers; memory stays bounded when clients do not take what they asked for. */
    static final int MAX_LARGE = 32;
    /** One read of such a transfer, and what is collected for one write. */
    static final int LARGE_BUFFER_BYTES = 512 << 10;
    /** One read of any other. */
    private static final int BUFFER_BYTES = 16 << 10;

    private static final int MAX_HEADER_BYTES = 256 << 10;
    private static final int POOLED_HEAP_BYTES = 1 << 20;
    private static final int POOLED_DIRECT_BYTES = 16 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** How long a connection without a request is kept. */
    private static final Duration IDLE = Duration.ofSeconds(90);

    private final NodeAddress address;
    private final Semaphore large = new Semaphore(MAX_LARGE);
    private @Nullable HttpClient client;
    private @Nullable HttpClient largeClient;
    private boolean closed;

    Node(NodeAddress address) {
        this.address = address;
    }

    NodeAddress address() {
        return address;
    }

    /**
     * A request that waits for its answer as long as it takes.
     *
     * @param target path and query as they go over the wire
     */
    Request request(String method, String target) {
        return request(client(false), method, target);
    }

    /** As {@link #request}, for an answer of any length; to be ended. */
    Transfer transfer(String method, String target) {
        boolean hasRoom = large.tryAcquire();
        try {
            return new Transfer(request(client(hasRoom), method, target), hasRoom);
        } catch (RuntimeException stopped) {
            if (hasRoom) {
                large.release();
            }
            throw stopped;
        }
    }

    /** A request whose answer is passed on. */
    final class Transfer {
        private final Request request;
        private final boolean isLarge;

        private Transfer(Request request, boolean isLarge) {
            this.request = request;
            this.isLarge = isLarge;
        }

        Request request() {
            return request;
        }

        /** Whether it may collect much for one write. */
        boolean isLarge() {
            return isLarge;
        }

        /** An empty buffer of the pool, of {@link #LARGE_BUFFER_BYTES}. */
        RetainableByteBuffer buffer() {
            return client(true).getByteBufferPool().acquire(LARGE_BUFFER_BYTES, true);
        }

        /** Runs a task that does not block in a millisecond. */
        void soon(Runnable task) {
            client(true).getScheduler().schedule(task, SOON_MICROS, TimeUnit.MICROSECONDS);
        }

        /** Gives its room to the next one; once. */
        void end() {
            if (isLarge) {
                large.release();
            }
        }
    }

    private Request request(HttpClient with, String method, String target) {
        Request request = with.newRequest(address.host(), address.port())
                .scheme(address.https() ? "https" : "http")
                .method(method)
                .path(target)
                .idleTimeout(0, TimeUnit.MILLISECONDS);
        Path socket = address.socket();
        if (socket != null) {
            request.transport(new Transport.TCPUnix(socket));
        }
        return request;
    }

    private synchronized HttpClient client(boolean forLarge) {
        if (closed) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the IPFS proxy is stopping");
        }
        HttpClient started = forLarge ? largeClient : client;
        if (started != null) {
            return started;
        }
        if (forLarge) {
            return largeClient = start(LARGE_BUFFER_BYTES);
        }
        return client = start(BUFFER_BYTES);
    }

    private static HttpClient start(int bufferBytes) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setName(NAME);
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP(connector);
        // nothing here blocks when an answer comes: the selecting thread itself moves the bytes, no other one is woken
        transport.setInvocationType(Invocable.InvocationType.NON_BLOCKING);
        HttpClient client = new HttpClient(transport);
        client.setName(NAME);
        client.setExecutor(threads);
        client.setByteBufferPool(
                new ArrayByteBufferPool(-1, -1, bufferBytes, 64, POOLED_HEAP_BYTES, POOLED_DIRECT_BYTES));
        client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        client.setIdleTimeout(IDLE.toMillis());
        client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
        client.setMaxRequestsQueuedPerDestination(MAX_CONNECTIONS);
        client.setResponseBufferSize(bufferBytes);
        client.setMaxRequestHeadersSize(MAX_HEADER_BYTES);
        client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        // nothing is added to what the client sent, nothing in the answer is acted upon
        client.setUserAgentField(null);
        client.setDefaultRequestContentType(null);
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        try {
            client.start();
        } catch (Exception e) { // as declared by the library
            throw new ClusterException(ErrorCode.INTERNAL, "the HTTP client for the IPFS node did not start: " + e, e);
        }
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().remove(RedirectProtocolHandler.NAME);
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
        return client;
    }

    /** Ends every request. */
    @Override
    public synchronized void close() {
        closed = true;
        stop(client);
        stop(largeClient);
        client = null;
        largeClient = null;
    }

    private static void stop(@Nullable HttpClient started) {
        if (started != null) {
            try {
                started.stop();
            } catch (Exception e) { // as declared by the library
                LOG.debug("the HTTP client did not stop cleanly: {}", e.toString());
            }
        }
    }
}
