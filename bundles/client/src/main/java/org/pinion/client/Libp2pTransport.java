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
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamOutput;

/**
 * HTTP over libp2p: one stream of {@code /libp2p-http} per request, for addresses that end in {@code /p2p/…} and for
 * {@code /dnsaddr}. The host has an identity of its own, made at the first connection, and listens nowhere.
 *
 * @spec IPFS Cluster REST API over libp2p
 */
public final class Libp2pTransport implements Transport {
    /** The protocol of the streams. */
    public static final String PROTOCOL = "/libp2p-http";

    private static final Duration WRITE_TIMEOUT = Duration.ofDays(1);

    private final HostFactory hosts;
    private final @Nullable NetworkSecret secret;
    private @Nullable Host host;
    private boolean closed;

    /**
     * A transport on hosts of a factory.
     *
     * @param secret the key of the private network the API's host is in; empty for the public one
     */
    public Libp2pTransport(HostFactory hosts, Optional<NetworkSecret> secret) {
        this.hosts = hosts;
        this.secret = secret.orElse(null);
    }

    /**
     * A transport on the host that {@link ServiceLoader} finds on the class path.
     *
     * @throws IllegalStateException if there is none
     */
    public static Libp2pTransport load(Optional<NetworkSecret> secret) {
        HostFactory factory = ServiceLoader.load(HostFactory.class, Libp2pTransport.class.getClassLoader())
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("HTTP over libp2p needs org.pinion.libp2p.host on the class path"));
        return new Libp2pTransport(factory, secret);
    }

    @Override
    public boolean takes(Multiaddr address) {
        return address.has("p2p") || address.has("dnsaddr");
    }

    @Override
    public Channel open(Multiaddr address, Duration timeout) throws IOException {
        Host from = host(timeout);
        IOException last = null;
        for (Multiaddr found : await(from.resolve(address), timeout)) {
            Optional<PeerId> peer = found.peerId();
            if (peer.isEmpty()) {
                last = new IOException("address lacks /p2p and the peer's id: " + found);
                continue;
            }
            Multiaddr at = found.withoutPeerId();
            if (at.isEmpty()) {
                last = new IOException("address is nothing but a peer's id: " + found);
                continue;
            }
            try {
                await(from.connect(peer.get(), List.of(at)), timeout);
                return new StreamChannel(await(from.newStream(peer.get(), List.of(PROTOCOL)), timeout));
            } catch (IOException e) {
                last = e;
            }
        }
        throw last == null ? new IOException("no address behind " + address) : last;
    }

    private synchronized Host host(Duration timeout) throws IOException {
        if (closed) {
            throw new IOException("transport is closed");
        }
        Host open = host;
        if (open == null) {
            HostSettings settings = HostSettings.of(PrivateKey.generate(KeyType.ED25519));
            open = hosts.open(settings.withSecret(secret).withLimits(settings.limits(), timeout));
            host = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (host != null) {
            host.close();
            host = null;
        }
    }

    private static <T> T await(CompletionStage<T> stage, Duration timeout) throws IOException {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            // the host gives up by itself; this only guards against one that does not
            return future.get(timeout.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no connection within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private static final class StreamChannel implements Channel {
        private final Stream stream;
        private final OutputStream out;
        private volatile long timeoutNanos;

        StreamChannel(Stream stream) {
            this.stream = stream;
            this.out = new StreamOutput(stream, WRITE_TIMEOUT);
        }

        @Override
        public String host() {
            return stream.remotePeer().toString();
        }

        @Override
        public InputStream in() {
            return new StreamBytes();
        }

        @Override
        public OutputStream out() {
            return out;
        }

        @Override
        public void readTimeout(Duration timeout) {
            timeoutNanos = timeout.toNanos();
        }

        @Override
        public boolean keepsAlive() {
            // a stream costs nothing, and not every server takes a second request on one
            return false;
        }

        @Override
        public void close() {
            stream.close();
        }

        @Override
        public void abort() {
            stream.reset(Stream.RESET_NONE);
        }

        /** Like the stream's own view, but with a timeout that changes. */
        private final class StreamBytes extends InputStream {
            private ByteBuffer input = ByteBuffer.allocate(0);
            private boolean ended;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                while (!input.hasRemaining()) {
                    if (ended) {
                        return -1;
                    }
                    Optional<ByteBuffer> next = next();
                    ended = next.isEmpty();
                    next.ifPresent(bytes -> input = bytes);
                }
                int size = Math.min(length, input.remaining());
                input.get(target, offset, size);
                return size;
            }

            @Override
            public int available() {
                return input.remaining();
            }

            private Optional<ByteBuffer> next() throws IOException {
                long limit = timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos;
                try {
                    return stream.read().toCompletableFuture().get(limit, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    abort();
                    throw new InterruptedIOException("interrupted");
                } catch (TimeoutException e) {
                    abort();
                    throw new SocketTimeoutException("Read timed out");
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
                }
            }
        }
    }
}
