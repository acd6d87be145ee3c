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
package org.pinion.libp2p.host.swarm;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.multistream.StreamNegotiator;
import org.pinion.libp2p.host.multistream.TrafficCounter;
import org.pinion.libp2p.host.yamux.YamuxSession;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** A connection after all of its set-up. Any thread. */
public final class MuxedConnection implements Connection, TrafficCounter.Counted {
    /** Go away code: there is no room for this connection. */
    static final long RESOURCE_LIMIT = 0x1001;
    /** Go away code: closed to stay within the number of connections. */
    static final long GARBAGE_COLLECTED = 0x1005;

    private static final long NEGOTIATION_SECONDS = 10;

    /**
     * The ends of a connection.
     *
     * @param peer the proved peer
     * @param remote its socket
     * @param local our socket
     * @param outbound true if we dialed
     * @param limited true if a relay bounds it
     */
    record Ends(PeerId peer, Multiaddr remote, Multiaddr local, boolean outbound, boolean limited) {}

    /** Tells which protocols a peer is known to serve. */
    interface KnownProtocols {
        Set<String> of(PeerId peer);

        /** Counts what streams carry. */
        default TrafficCounter traffic() {
            return TrafficCounter.UNSEEN;
        }
    }

    private final Ends ends;
    private final YamuxSession session;
    private final KnownProtocols known;
    private final long openedNanos;
    private volatile boolean open = true;

    MuxedConnection(Ends ends, YamuxSession session, KnownProtocols known) {
        this.ends = ends;
        this.session = session;
        this.known = known;
        this.openedNanos = System.nanoTime();
    }

    @Override
    public PeerId remotePeer() {
        return ends.peer();
    }

    @Override
    public Multiaddr remoteAddress() {
        return ends.remote();
    }

    @Override
    public Multiaddr localAddress() {
        return ends.local();
    }

    @Override
    public boolean outbound() {
        return ends.outbound();
    }

    @Override
    public boolean limited() {
        return ends.limited();
    }

    @Override
    public TrafficCounter traffic() {
        return known.traffic();
    }

    /** Where everything of this connection happens. */
    EventLoop eventLoop() {
        return session.eventLoop();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** Streams that are open now; a glance from any thread. */
    int streamCount() {
        return session.streamCount();
    }

    @Override
    public CompletionStage<Stream> newStream(List<String> protocols) {
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("a stream needs at least one protocol");
        }
        CompletableFuture<Stream> result = new CompletableFuture<>();
        if (!session.execute(() -> openStream(List.copyOf(protocols), result))) {
            result.completeExceptionally(new NetworkException(Reason.CLOSED, "the host is closed"));
        }
        return result;
    }

    private void openStream(List<String> protocols, CompletableFuture<Stream> result) {
        CompletableFuture<YamuxStream> opened = session.open();
        opened.whenComplete((raw, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                agree(raw, protocols, result);
            }
        });
    }

    private void agree(YamuxStream raw, List<String> protocols, CompletableFuture<Stream> result) {
        Set<String> served = known.of(ends.peer());
        for (String protocol : protocols) {
            if (served.contains(protocol)) {
                handOver(StreamNegotiator.lazy(raw, this, protocol), result);
                return;
            }
        }
        CompletableFuture<Stream> agreed = StreamNegotiator.propose(raw, this, protocols);
        session.resetAfter(raw, agreed, NEGOTIATION_SECONDS, TimeUnit.SECONDS);
        agreed.whenComplete((stream, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                handOver(stream, result);
            }
        });
    }

    /** A caller that has given up gets no stream, so nobody would ever close it. */
    private static void handOver(Stream stream, CompletableFuture<Stream> result) {
        if (!result.complete(stream)) {
            stream.reset(Stream.RESET_NONE);
        }
    }

    /** Agrees on the protocol of a stream that the peer opened; on the event loop. */
    public CompletableFuture<Stream> accept(YamuxStream raw, Predicate<String> served) {
        CompletableFuture<Stream> agreed = StreamNegotiator.accept(raw, this, served);
        session.resetAfter(raw, agreed, NEGOTIATION_SECONDS, TimeUnit.SECONDS);
        return agreed;
    }

    /** Completes when the socket is closed. */
    CompletableFuture<Void> whenClosed() {
        return session.whenClosed();
    }

    @Override
    public void close() {
        open = false;
        session.execute(() -> session.close(new NetworkException(Reason.CLOSED, "the connection was closed by us")));
    }

    /** Closes with a go away code for the peer. */
    void close(long code, String why) {
        open = false;
        session.execute(() -> session.goAway(code, new NetworkException(Reason.CLOSED, why)));
    }

    /** The session says that it is over. */
    void markClosed() {
        open = false;
    }

    @Override
    public String toString() {
        return "connection " + (ends.outbound() ? "to " : "from ") + ends.peer() + " at " + ends.remote();
    }
}
