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
package org.pinion.libp2p.gossipsub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Offenders;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one-way streams from and to all peers: each side opens its own, and only the opener writes. Used inside the loop
 * only, except where said.
 */
final class Links {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.gossipsub");
    private static final long MIN_QUEUE_BYTES = 4 << 20;

    /** Hears of the links, inside the loop. */
    interface Handler {
        /** A peer can be sent to. */
        void opened(PeerId peer, Dialect dialect, boolean outbound);

        /** A peer cannot be sent to any more. */
        void closed(PeerId peer);

        /** A frame came in. */
        void received(PeerId from, Rpc rpc);

        /** A peer does not send any more; what it subscribed to is void. */
        void silent(PeerId peer);

        /** A peer is disconnected. */
        void gone(PeerId peer);

        /** Monotonic nanoseconds. */
        long nanoTime();
    }

    private final Host host;
    private final PubSubSettings settings;
    private final Loop loop;
    private final Handler handler;
    private final Map<PeerId, PeerLink> links = new HashMap<>();
    private final Offenders offenders = new Offenders();
    private boolean closed;

    Links(Host host, PubSubSettings settings, Loop loop, Handler handler) {
        this.host = host;
        this.settings = settings;
        this.loop = loop;
        this.handler = handler;
    }

    /** Opens a stream to a connected peer. */
    void add(PeerId peer) {
        if (!closed) {
            PeerLink link = link(peer);
            link.resetAttempts();
            open(link);
        }
    }

    /** Sends a frame; it is encoded once for all receivers. */
    void send(Effect.Send send) {
        ByteBuffer frame = MessageWriter.frame(RpcCodec.encode(send.rpc()));
        for (PeerId peer : send.to()) {
            PeerLink link = links.get(peer);
            Outbox outbox = link == null ? null : link.outbox;
            if (outbox == null || outbox.offer(frame, send.droppable())) {
                continue;
            }
            if (send.droppable()) {
                log.debug("the queue of {} is full, a frame is dropped", peer);
            } else {
                // its view of our topics and mesh would be wrong from here on: begin anew
                report(peer, "it does not read, the queue for it is full and its stream is given up");
                outbox.stream().reset(Stream.RESET_RESOURCE_LIMIT);
            }
        }
    }

    /** Sends what waits and ends all streams. */
    void close() {
        closed = true;
        links.values().forEach(link -> {
            if (link.outbox != null) {
                link.outbox.finish();
                link.outbox = null;
            }
            dropStreams(link);
        });
        links.clear();
    }

    private PeerLink link(PeerId peer) {
        return links.computeIfAbsent(peer, PeerLink::new);
    }

    private boolean current(PeerLink link) {
        return !closed && links.get(link.peer) == link;
    }

    private void open(PeerLink link) {
        if (link.outbox != null || link.opening || !current(link)) {
            return;
        }
        link.opening = true;
        host.newStream(link.peer, Dialect.PROTOCOLS).whenComplete((stream, error) -> {
            boolean queued = loop.execute(() -> opened(link, stream, error));
            if (!queued && stream != null) {
                stream.reset(Stream.RESET_NONE);
            }
        });
    }

    private void opened(PeerLink link, @Nullable Stream stream, @Nullable Throwable error) {
        link.opening = false;
        if (stream == null) {
            retry(link, error);
            return;
        }
        if (!current(link)) {
            stream.reset(Stream.RESET_NONE);
            return;
        }
        long maxBytes = Math.max(MIN_QUEUE_BYTES, 2L * settings.maxMessageBytes());
        link.opened(new Outbox(loop, stream, settings.peerQueue(), maxBytes), handler.nanoTime());
        boolean outbound = stream.connection().outbound();
        handler.opened(link.peer, Dialect.of(stream.protocol()), outbound);
        // the peer never writes here: whatever is read means that it gave the stream up
        stream.read().whenComplete((data, failure) -> loop.execute(() -> lost(link, stream, failure)));
    }

    private void lost(PeerLink link, Stream stream, @Nullable Throwable failure) {
        Outbox outbox = link.outbox;
        if (outbox == null || outbox.stream() != stream) {
            return;
        }
        link.outbox = null;
        outbox.close();
        stream.reset(Stream.RESET_NONE);
        handler.closed(link.peer);
        retry(link, failure);
    }

    private void retry(PeerLink link, @Nullable Throwable error) {
        boolean unsupported = error != null
                && cause(error) instanceof NetworkException e
                && e.reason() == Reason.PROTOCOL_NOT_SUPPORTED;
        if (!current(link) || unsupported) {
            return;
        }
        Duration delay = link.nextDelay(handler.nanoTime());
        if (delay == null) {
            log.debug("gave up opening a pubsub stream to {}", link.peer, error);
        } else {
            loop.schedule(delay, () -> open(link));
        }
    }

    /** Takes over a stream that a peer opened. */
    void accept(Stream stream) {
        if (closed || !stream.connection().isOpen()) {
            stream.reset(Stream.RESET_NONE);
            return;
        }
        PeerLink link = link(stream.remotePeer());
        Stream old = link.inbound;
        link.inbound = stream;
        if (old != null) {
            old.reset(Stream.RESET_NONE);
        }
        open(link);
        new Inflow(loop, new MessageReader(stream, settings.maxMessageBytes()), new Receiver(link, stream)).read();
    }

    /** Takes what comes on one stream. */
    private final class Receiver implements Inflow.Sink {
        private final PeerLink link;
        private final Stream stream;

        Receiver(PeerLink link, Stream stream) {
            this.link = link;
            this.stream = stream;
        }

        @Override
        public boolean received(byte[] frame) {
            if (link.inbound != stream) {
                return false;
            }
            try {
                handler.received(link.peer, RpcCodec.decode(frame));
                return link.inbound == stream;
            } catch (ProtocolException e) {
                Links.this.ended(link, stream, e);
                return false;
            }
        }

        @Override
        public void ended(@Nullable Throwable error) {
            if (link.inbound == stream) {
                Links.this.ended(link, stream, error);
            }
        }
    }

    private void ended(PeerLink link, Stream stream, @Nullable Throwable error) {
        if (error != null && cause(error) instanceof ProtocolException violation) {
            offended(link.peer, violation.getMessage());
            return;
        }
        link.inbound = null;
        if (error == null) {
            stream.close();
        } else {
            stream.reset(Stream.RESET_NONE);
            log.debug("pubsub stream of {} ended: {}", link.peer, cause(error).getMessage());
        }
        handler.silent(link.peer);
    }

    /** A peer broke the rules: its stream is reset, and if it goes on so it is disconnected. */
    void offended(PeerId peer, @Nullable String what) {
        PeerLink link = links.get(peer);
        if (link == null || link.inbound == null) {
            return;
        }
        report(peer, what);
        link.inbound.reset(Stream.RESET_PROTOCOL_VIOLATION);
        link.inbound = null;
        handler.silent(peer);
        if (++link.offences >= Limits.OFFENCES) {
            host.disconnect(peer);
        }
    }

    /** Tells the log once of a peer that breaks the rules. */
    void report(PeerId peer, @Nullable String what) {
        if (offenders.isNew(peer)) {
            log.warn("{} breaks the rules of pubsub; further offences are not logged: {}", peer, what);
        } else {
            log.debug("{} breaks the rules of pubsub again: {}", peer, what);
        }
    }

    void disconnected(PeerId peer) {
        PeerLink link = links.remove(peer);
        if (link != null) {
            dropStreams(link);
            handler.gone(peer);
        }
    }

    private static void dropStreams(PeerLink link) {
        if (link.outbox != null) {
            link.outbox.close();
            link.outbox.stream().reset(Stream.RESET_NONE);
            link.outbox = null;
        }
        if (link.inbound != null) {
            link.inbound.reset(Stream.RESET_NONE);
            link.inbound = null;
        }
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
