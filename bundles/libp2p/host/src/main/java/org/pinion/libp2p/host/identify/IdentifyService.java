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
package org.pinion.libp2p.host.identify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.swarm.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells peers about us and learns about them: asks on every new connection, answers, and pushes changes. Any thread.
 *
 * @spec libp2p "identify" 1.0.0
 */
public final class IdentifyService {
    /** Protocol id of asking. */
    public static final String PROTOCOL = "/ipfs/id/1.0.0";
    /** Protocol id of telling changes. */
    public static final String PUSH_PROTOCOL = "/ipfs/id/push/1.0.0";

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.identify");
    private static final int MAX_MESSAGE_BYTES = 8 * 1024;
    private static final int MAX_MESSAGES = 10;
    /** Beyond this the signed record travels in a message of its own, as Go peers do. */
    private static final int SPLIT_BYTES = 2 * 1024;

    private static final long TIMEOUT_SECONDS = 5;
    private static final int MAX_QUESTIONS_PER_PEER = 16;
    private static final long RESET_RATE_LIMITED = 0x1003;
    /** Changes made together are told together. */
    private static final long PUSH_DELAY_MILLIS = 50;
    /** Receivers allow few pushes. */
    private static final long PUSH_PAUSE_MILLIS = 1000;

    /** What the service needs of its host. */
    public interface Self {
        /** What others are told: our key, all our addresses, sorted protocols and versions. */
        IdentifyMessage describe();

        /** Our signed record of the given addresses. */
        byte[] signRecord(List<Multiaddr> addresses);

        /** The open connections. */
        Collection<Connection> connections();

        /** The protocols a peer serves. */
        Set<String> protocols(PeerId peer);

        /** A peer told about itself. */
        void learned(PeerInfo info);

        /** A peer that was learned about sent its addresses in a record with a good signature. */
        default void recorded(PeerId peer, byte[] envelope) {}

        /** A peer told at which address it sees us. */
        void observed(Connection connection, Multiaddr address);

        /** A peer sent what no correct peer sends. */
        void misbehaved(PeerId peer, String how);
    }

    private final Self self;
    private final ScheduledExecutorService timers;
    private final PushLimits pushLimits = new PushLimits(System::nanoTime);
    private final Map<PeerId, Integer> questions = new HashMap<>();
    private final AtomicBoolean pushScheduled = new AtomicBoolean();
    private volatile long lastPushNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PUSH_PAUSE_MILLIS);

    public IdentifyService(Self self, ScheduledExecutorService timers) {
        this.self = self;
        this.timers = timers;
    }

    /** Asks the peer at the other end of a new connection. */
    public void ask(Connection connection) {
        connection.newStream(List.of(PROTOCOL)).whenComplete((stream, error) -> {
            if (error != null) {
                LOG.debug("cannot identify {}: {}", connection.remotePeer(), error.getMessage());
            } else {
                receive(stream);
            }
        });
    }

    /** Serves {@link #PROTOCOL}. */
    public void answer(Stream stream) {
        PeerId peer = stream.remotePeer();
        synchronized (questions) {
            if (questions.getOrDefault(peer, 0) >= MAX_QUESTIONS_PER_PEER) {
                stream.reset(Stream.RESET_RESOURCE_LIMIT);
                return;
            }
            questions.merge(peer, 1, Integer::sum);
        }
        send(stream).whenComplete((done, error) -> {
            synchronized (questions) {
                questions.computeIfPresent(peer, (key, n) -> n > 1 ? n - 1 : null);
            }
        });
    }

    /** Serves {@link #PUSH_PROTOCOL}. */
    public void receivePush(Stream stream) {
        Multiaddr from = stream.connection().remoteAddress();
        if (Addresses.ip(from).filter(pushLimits::take).isEmpty()) {
            LOG.debug("{} pushes too often", stream.remotePeer());
            stream.reset(RESET_RATE_LIMITED);
            return;
        }
        receive(stream);
    }

    /** Something about us changed: tells connected peers soon. */
    public void changed() {
        if (self.connections().isEmpty() || !pushScheduled.compareAndSet(false, true)) {
            return;
        }
        long sinceLast = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastPushNanos);
        try {
            timers.schedule(
                    this::push, Math.max(PUSH_DELAY_MILLIS, PUSH_PAUSE_MILLIS - sinceLast), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the host is closed, nothing is pushed");
        }
    }

    private void push() {
        pushScheduled.set(false);
        lastPushNanos = System.nanoTime();
        Set<PeerId> told = new HashSet<>();
        for (Connection connection : self.connections()) {
            PeerId peer = connection.remotePeer();
            if (self.protocols(peer).contains(PUSH_PROTOCOL) && told.add(peer)) {
                connection.newStream(List.of(PUSH_PROTOCOL)).whenComplete((stream, error) -> {
                    if (error == null) {
                        send(stream);
                    }
                });
            }
        }
    }

    // ---- telling ----

    private CompletableFuture<Void> send(Stream stream) {
        ByteBuffer frames = ByteBuffer.allocate(2 * MAX_MESSAGE_BYTES);
        for (byte[] message : messages(stream.connection())) {
            frames.put(MessageWriter.frame(message));
        }
        // the end of our data tells the asker that this is all; without it Go peers wait for seconds
        ScheduledFuture<?> timer = limit(stream);
        return stream.write(frames.flip())
                .thenCompose(done -> stream.closeWrite())
                .whenComplete((done, error) -> {
                    timer.cancel(false);
                    if (error == null) {
                        stream.close();
                    }
                })
                .toCompletableFuture();
    }

    private List<byte[]> messages(Connection connection) {
        IdentifyMessage all = self.describe();
        List<Multiaddr> addresses = all.listenAddresses();
        if (!Addresses.isLoopback(connection.remoteAddress())) {
            addresses = addresses.stream()
                    .filter(address -> !Addresses.isLoopback(address))
                    .toList();
        }
        IdentifyMessage message = new IdentifyMessage(
                all.publicKey(),
                addresses,
                all.protocols(),
                connection.remoteAddress(),
                all.protocolVersion(),
                all.agentVersion(),
                new byte[0]);
        byte[] signed = self.signRecord(addresses);
        byte[] first = message.encode();
        IdentifyMessage recordOnly = new IdentifyMessage(new byte[0], List.of(), List.of(), null, null, null, signed);
        byte[] last = recordOnly.encode();
        if (first.length > MAX_MESSAGE_BYTES) {
            throw new IllegalStateException(
                    "identify message of " + first.length + " bytes, limit " + MAX_MESSAGE_BYTES);
        }
        if (first.length + last.length > SPLIT_BYTES) {
            return List.of(first, last);
        }
        byte[] both = new byte[first.length + last.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(last, 0, both, first.length, last.length);
        return List.of(both);
    }

    private ScheduledFuture<?> limit(Stream stream) {
        return timers.schedule(() -> stream.reset(Stream.RESET_NONE), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    // ---- learning ----

    private void receive(Stream stream) {
        ScheduledFuture<?> timer = limit(stream);
        readAll(new MessageReader(stream, MAX_MESSAGE_BYTES), new ArrayList<>()).whenComplete((message, error) -> {
            timer.cancel(false);
            if (error != null) {
                notUnderstood(stream, error);
            } else {
                stream.close();
                learn(stream.connection(), message);
            }
        });
    }

    private void notUnderstood(Stream stream, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof NetworkException) {
            LOG.debug("cannot identify {}: {}", stream.remotePeer(), cause.getMessage());
        } else {
            self.misbehaved(stream.remotePeer(), "its identify answer is unusable: " + cause.getMessage());
        }
        stream.reset(Stream.RESET_PROTOCOL_VIOLATION);
    }

    private static CompletableFuture<IdentifyMessage> readAll(MessageReader reader, List<IdentifyMessage> soFar) {
        return reader.read().toCompletableFuture().thenCompose(next -> {
            if (next.isEmpty()) {
                return soFar.stream()
                        .reduce(IdentifyMessage::merge)
                        .map(CompletableFuture::completedFuture)
                        .orElseGet(() -> CompletableFuture.failedFuture(new IOException("empty identify answer")));
            }
            if (soFar.size() == MAX_MESSAGES) {
                return CompletableFuture.failedFuture(
                        new IOException("more than " + MAX_MESSAGES + " identify messages"));
            }
            try {
                soFar.add(IdentifyMessage.decode(next.get()));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
            return readAll(reader, soFar);
        });
    }

    private void learn(Connection connection, IdentifyMessage message) {
        PeerId peer = connection.remotePeer();
        byte[] key = message.publicKey();
        if (key.length > 0 && !ofPeer(key, peer)) {
            self.misbehaved(peer, "its identify answer has the key of another peer");
            return;
        }
        Multiaddr observed = message.observedAddress();
        if (observed != null) {
            self.observed(connection, observed.withoutPeerId());
        }
        List<Multiaddr> told = signedAddresses(peer, message.signedPeerRecord(), message::listenAddresses);
        Set<Multiaddr> addresses = new LinkedHashSet<>();
        for (Multiaddr address : Addresses.credible(told, connection.remoteAddress())) {
            addresses.add(address.withoutPeerId());
        }
        self.learned(new PeerInfo(
                peer,
                new LinkedHashSet<>(message.protocols()),
                List.copyOf(addresses),
                limited(message.agentVersion()),
                limited(message.protocolVersion())));
        byte[] record = message.signedPeerRecord();
        if (record.length > 0 && isRecordOf(peer, record)) {
            self.recorded(peer, record);
        }
    }

    private static boolean isRecordOf(PeerId peer, byte[] envelope) {
        try {
            return PeerRecord.open(envelope).peer().equals(peer);
        } catch (IOException e) {
            return false; // said already where its addresses were read
        }
    }

    private static boolean ofPeer(byte[] key, PeerId peer) {
        try {
            return PeerId.of(PublicKey.unmarshal(key)).equals(peer);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A good record counts alone, a bad one not at all, and with the record of another peer no address is believed. */
    private List<Multiaddr> signedAddresses(PeerId peer, byte[] envelope, Supplier<List<Multiaddr>> unsigned) {
        if (envelope.length == 0) {
            return unsigned.get();
        }
        try {
            PeerRecord signed = PeerRecord.open(envelope);
            return signed.peer().equals(peer) ? signed.addresses() : List.of();
        } catch (IOException e) {
            self.misbehaved(peer, "its peer record is unusable: " + e.getMessage());
            return unsigned.get();
        }
    }

    private static String limited(@Nullable String text) {
        String known = Objects.requireNonNullElse(text, "");
        return known.length() > 256 ? known.substring(0, 256) : known;
    }
}
