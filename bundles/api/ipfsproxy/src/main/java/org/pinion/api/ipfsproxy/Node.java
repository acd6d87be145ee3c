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
    private static final long SOON_MICROS = 500;
    /** One read; larger ones than the pool's largest would be allocated each time. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int MAX_HEADER_BYTES = 256 << 10;
    private static final int POOLED_HEAP_BYTES = 1 << 20;
    private static final int POOLED_DIRECT_BYTES = 16 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** How long a connection without a request is kept. */
    private static final Duration IDLE = Duration.ofSeconds(90);

    private final NodeAddress address;
    private @Nullable HttpClient client;
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
        Request request = client().newRequest(address.host(), address.port())
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

    /** An empty buffer of the pool. */
    RetainableByteBuffer buffer(int bytes) {
        return client().getByteBufferPool().acquire(bytes, true);
    }

    /** Runs a task that does not block in half a millisecond. */
    void soon(Runnable task) {
        client().getScheduler().schedule(task, SOON_MICROS, TimeUnit.MICROSECONDS);
    }

    private synchronized HttpClient client() {
        HttpClient started = client;
        if (closed) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the IPFS proxy is stopping");
        }
        if (started == null) {
            started = start();
            client = started;
        }
        return started;
    }

    private static HttpClient start() {
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
                new ArrayByteBufferPool(-1, -1, BUFFER_BYTES, 64, POOLED_HEAP_BYTES, POOLED_DIRECT_BYTES));
        client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        client.setIdleTimeout(IDLE.toMillis());
        client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
        client.setMaxRequestsQueuedPerDestination(MAX_CONNECTIONS);
        client.setResponseBufferSize(BUFFER_BYTES);
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
        HttpClient started = client;
        client = null;
        if (started != null) {
            try {
                started.stop();
            } catch (Exception e) { // as declared by the library
                LOG.debug("the HTTP client did not stop cleanly: {}", e.toString());
            }
        }
    }
}
