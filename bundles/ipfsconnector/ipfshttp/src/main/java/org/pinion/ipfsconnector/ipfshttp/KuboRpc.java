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
package org.pinion.ipfsconnector.ipfshttp;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.ipfsconnector.RpcEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kubo's RPC API over a bounded pool of connections, behind a {@link Gate}. Calls block: worker threads only.
 *
 * @spec Kubo "RPC API v0"
 */
final class KuboRpc implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.ipfshttp");
    private static final String PREFIX = "/api/v0/";
    private static final String STREAM_ERROR = "X-Stream-Error";
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_WAITING = 4096;
    private static final int MAX_THREADS = 16;
    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final int MAX_HEADER_BYTES = 64 << 10;
    private static final int MAX_OBJECTS = 1000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** In all; whoever asks whether the node is there waits five seconds at most. */
    private static final Duration RETRY_FOR = Duration.ofSeconds(4);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    /** Stands for "no limit". */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final HttpClient client;
    private final RpcEndpoint endpoint;
    private final Optional<String> authorization;
    private final Gate gate;
    private final Executors executors;

    private KuboRpc(
            HttpClient client, RpcEndpoint endpoint, Optional<String> authorization, Gate gate, Executors executors) {
        this.client = client;
        this.endpoint = endpoint;
        this.authorization = authorization;
        this.gate = gate;
        this.executors = executors;
    }

    /**
     * Starts the client; nothing is connected yet.
     *
     * @param authorization header of that name
     * @param tls whom to trust
     */
    static KuboRpc open(
            RpcEndpoint endpoint,
            Optional<String> authorization,
            Gate gate,
            Executors executors,
            SslContextFactory.Client tls) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setName("pinion-ipfsconnector.ipfshttp");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setSslContextFactory(tls);
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        client.setName("pinion-ipfsconnector.ipfshttp");
        client.setExecutor(threads);
        client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        client.setIdleTimeout(0);
        client.setFollowRedirects(false);
        client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
        client.setMaxRequestsQueuedPerDestination(MAX_WAITING);
        try {
            client.start();
        } catch (Exception e) { // as declared by the library
            throw new ClusterException(ErrorCode.INTERNAL, "the HTTP client for the IPFS node did not start: " + e, e);
        }
        return new KuboRpc(client, endpoint, authorization, gate, executors);
    }

    /** A command with its arguments, names and values alternating; values are escaped. */
    static String command(String name, String... arguments) {
        StringBuilder text = new StringBuilder(name);
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            text.append(i == 0 ? '?' : '&').append(arguments[i]).append('=');
            text.append(URLEncoder.encode(arguments[i + 1], StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** Starts a call; closing it ends it. */
    Call call(String command, Duration timeout) {
        return new Call(command, timeout, gate.enter(command, limit(timeout)), null);
    }

    /** Starts a call with a body. */
    Call call(String command, Duration timeout, Request.Content body) {
        return new Call(command, timeout, gate.enter(command, limit(timeout)), body);
    }

    private static Duration limit(Duration timeout) {
        return timeout.isZero() ? FOR_EVER : timeout;
    }

    /** A call whose answer is one object. */
    Map<String, Object> one(String command, Duration timeout) {
        try (Call call = call(command, timeout)) {
            return call.only();
        }
    }

    /** As {@link #one} for calls that change nothing: tried again for some seconds while the node is away. */
    Map<String, Object> ask(String command, Duration timeout) {
        long began = executors.nanoTime();
        Duration limit = limit(timeout);
        Duration budget = limit.compareTo(RETRY_FOR) < 0 ? limit : RETRY_FOR;
        Duration pause = FIRST_PAUSE;
        while (true) {
            Duration left = budget.minusNanos(executors.nanoTime() - began);
            try (Call call = new Call(command, timeout, gate.enter(command, left), null)) {
                return call.only();
            } catch (UnreachableException e) {
                if (budget.minusNanos(executors.nanoTime() - began).compareTo(pause) <= 0) {
                    throw e;
                }
            }
            gate.pause(pause, command);
            pause = pause.multipliedBy(2);
        }
    }

    /** One call under way. Reads by one thread; {@link #abort} by any. */
    final class Call implements AutoCloseable {
        private final String command;
        private final Duration timeout;
        private final Gate.Turn turn;
        private final InputStreamResponseListener listener = new InputStreamResponseListener();
        private final Request request;
        private @Nullable InputStream body;
        private @Nullable Json json;
        private boolean complete;
        private boolean answered;
        private volatile @Nullable ClusterException aborted;

        private Call(String command, Duration timeout, Gate.Turn turn, Request.@Nullable Content content) {
            this.command = command;
            this.timeout = limit(timeout);
            this.turn = turn;
            request = client.newRequest(endpoint.host(), endpoint.port())
                    .scheme((endpoint.secure() ? HttpScheme.HTTPS : HttpScheme.HTTP).asString())
                    .method(HttpMethod.POST);
            authorization.ifPresent(value -> request.headers(headers -> headers.put(HttpHeader.AUTHORIZATION, value)));
            request.path(PREFIX + command); // already escaped
            String socket = endpoint.socket();
            if (socket != null) {
                request.transport(new Transport.TCPUnix(Path.of(socket)));
            }
            if (!timeout.isZero()) {
                request.timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
            if (content != null) {
                request.body(content);
            }
            request.send(listener);
        }

        /** Ends the call from outside; the reader gets {@code why}. */
        void abort(ClusterException why) {
            aborted = why;
            request.abort(why);
        }

        /** The answer's bytes, once the node agreed. */
        InputStream body() {
            InputStream open = body;
            if (open != null) {
                return open;
            }
            try {
                Response response = listener.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                answered = true;
                gate.answered();
                open = listener.getInputStream();
                body = open;
                if (response.getStatus() != 200) {
                    throw refused(response.getStatus(), open.readNBytes(MAX_ERROR_BYTES));
                }
                return open;
            } catch (ExecutionException e) {
                throw failed(e.getCause() == null ? e : e.getCause());
            } catch (TimeoutException | IOException e) {
                throw failed(e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        /** The answer's object, read to its end, where a late error would be. */
        Map<String, Object> only() {
            Map<String, Object> first = next();
            int objects = 1;
            while (next() != null) {
                if (++objects > MAX_OBJECTS) {
                    throw failed(new Json.BadAnswerException("more than " + MAX_OBJECTS + " objects"));
                }
            }
            return first == null ? Map.of() : first;
        }

        /** The next object of the answer, or null at its end; a late failure is a failure. */
        @Nullable
        Map<String, Object> next() {
            try {
                Json reader = json;
                if (reader == null) {
                    reader = new Json(body());
                    json = reader;
                }
                Map<String, Object> object = reader.next();
                if (object == null) {
                    finish();
                }
                return object;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        /** Looks for a failure that the node told at the end of the answer. */
        void finish() {
            try {
                Response response =
                        listener.await(timeout.toNanos(), TimeUnit.NANOSECONDS).getResponse();
                complete = true;
                var trailers = response.getTrailers();
                String late = trailers == null ? null : trailers.get(STREAM_ERROR);
                if (late != null && !late.isEmpty()) {
                    throw new KuboException("IPFS error (" + command + "). Code: 200. Message: " + late, late);
                }
            } catch (TimeoutException e) {
                throw failed(e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        private ClusterException refused(int status, byte[] answer) {
            String message = "";
            try (Json error = new Json(new ByteArrayInputStream(answer))) {
                Map<String, Object> object = error.next();
                message = object == null ? "" : Json.text(object, "Message");
            } catch (IOException noJson) {
                LOG.debug("the answer to {} is not JSON: {}", command, noJson.getMessage());
            }
            if (!message.isEmpty()) {
                return new KuboException(
                        "IPFS error (" + command + "). Code: " + status + ". Message: " + message, message);
            }
            String text = new String(answer, StandardCharsets.UTF_8).strip();
            return new KuboException(
                    "IPFS request failed (is it running?) (" + command + "). Code " + status + ": " + text, text);
        }

        private ClusterException failed(Throwable failure) {
            ClusterException reason = aborted;
            if (reason != null) {
                return reason;
            }
            Throwable cause = failure;
            while (cause.getCause() != null && !tells(cause)) {
                cause = cause.getCause();
            }
            if (cause instanceof ClusterException known) {
                return known;
            }
            if (cause instanceof Json.BadAnswerException) {
                return new ClusterException(
                        ErrorCode.INTERNAL,
                        "the IPFS node at " + endpoint + " answered " + command + " with something that cannot be"
                                + " understood: " + cause.getMessage(),
                        cause);
            }
            if (cause instanceof TimeoutException) {
                return new ClusterException(
                        ErrorCode.TIMEOUT,
                        "the IPFS node at " + endpoint + " did not answer " + command + " within " + timeout.toMillis()
                                + " ms",
                        cause);
            }
            String what = cause instanceof EOFException ? "the connection was closed" : cause.toString();
            if (!answered) {
                gate.failed(turn, what);
            }
            if (!answered && connects(cause)) {
                String why = cause instanceof UnknownHostException ? "unknown host " : "";
                return new UnreachableException(
                        "the IPFS node at " + endpoint + " cannot be reached (" + command + "): " + why
                                + cause.getMessage() + "; is it running?",
                        cause);
            }
            return new UnreachableException(
                    "the IPFS node at " + endpoint + " broke off " + command + ": " + what, cause);
        }

        private static boolean connects(Throwable cause) {
            return cause instanceof ConnectException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException
                    || cause instanceof SSLException;
        }

        private static boolean tells(Throwable cause) {
            return cause instanceof ClusterException
                    || cause instanceof TimeoutException
                    || cause instanceof Json.BadAnswerException
                    || connects(cause);
        }

        private ClusterException interrupted(InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ClusterException(ErrorCode.UNAVAILABLE, command + " was stopped: this peer is closing", e);
        }

        @Override
        public void close() {
            gate.leave(turn);
            if (!complete) {
                request.abort(new IOException("the answer is not wanted any more"));
            }
            try {
                listener.close();
            } catch (IOException e) {
                LOG.debug("closing the answer to {}: {}", command, e.toString());
            }
        }
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) { // as declared by the library
            LOG.debug("the HTTP client did not stop cleanly: {}", e.toString());
        }
    }
}
