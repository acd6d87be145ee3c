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
package org.pinion.libp2p.host.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.host.swarm.Circuit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks relays for connections and places, and takes the connections that relays bring. Thread-safe.
 *
 * @spec libp2p "circuit relay v2"
 */
public final class RelayClient implements StreamHandler {
    /** Protocol id of what relays serve. */
    public static final String HOP = "/libp2p/circuit/relay/0.2.0/hop";
    /** Protocol id of what clients of relays serve. */
    public static final String STOP = "/libp2p/circuit/relay/0.2.0/stop";

    /** What the client needs of its host. */
    public interface Network {
        /** A connection to a relay that is no circuit itself. */
        CompletableFuture<Connection> connect(PeerId relay, List<Multiaddr> addresses);

        /** Sets up a connection that a peer dialed; on the event loop of the stream. */
        CompletableFuture<?> accept(Circuit circuit);
    }

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.relay");
    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final long ANSWER_SECONDS = 10;
    /** Relayed connections whose set-up is not finished. */
    private static final int MAX_HANDSHAKES = 64;

    private final ScheduledExecutorService timers;
    private final Network network;
    private final AtomicInteger handshakes = new AtomicInteger();

    public RelayClient(ScheduledExecutorService timers, Network network) {
        this.timers = timers;
        this.network = network;
    }

    // ---- out ----

    /** Opens a stream to a peer over a relay; completes on the event loop of the stream. */
    public CompletableFuture<Circuit> open(PeerId relay, List<Multiaddr> addresses, PeerId target) {
        if (relay.equals(target)) {
            return CompletableFuture.failedFuture(
                    new NetworkException(Reason.NO_ADDRESS, relay + " cannot be its own relay"));
        }
        return ask(relay, addresses, HopMessage.connect(new RelayPeer(target, List.of())))
                .thenApply(answer -> new Circuit(
                        answer.stream(), answer.leftover(), answer.message().limit() != null));
    }

    /** Asks for a place at a relay. */
    CompletableFuture<Reserved> reserve(PeerId relay, List<Multiaddr> addresses) {
        return ask(relay, addresses, HopMessage.reserve()).thenCompose(answer -> {
            answer.stream().close();
            Reservation reservation = answer.message().reservation();
            return reservation == null
                    ? CompletableFuture.failedFuture(refused(relay, "it answered without a reservation"))
                    : CompletableFuture.completedFuture(new Reserved(
                            reservation, answer.stream().connection().remoteAddress()));
        });
    }

    /**
     * A place at a relay.
     *
     * @param reservation what the relay says
     * @param relayAddress where we reached it
     */
    record Reserved(Reservation reservation, Multiaddr relayAddress) {}

    private record Answer(Stream stream, HopMessage message, ByteBuffer leftover) {}

    private CompletableFuture<Answer> ask(PeerId relay, List<Multiaddr> addresses, HopMessage question) {
        return network.connect(relay, addresses)
                .thenCompose(connection -> connection.newStream(List.of(HOP)))
                .thenCompose(stream -> ask(stream, question));
    }

    private CompletableFuture<Answer> ask(Stream stream, HopMessage question) {
        PeerId relay = stream.remotePeer();
        MessageReader reader = new MessageReader(stream, MAX_MESSAGE_BYTES);
        ScheduledFuture<?> limit = limit(stream);
        return MessageWriter.write(stream, question.encode())
                .thenCompose(done -> reader.read())
                .toCompletableFuture()
                .thenCompose(message -> understand(relay, message))
                .thenApply(answer -> new Answer(stream, answer, reader.leftover()))
                .whenComplete((answer, error) -> {
                    limit.cancel(false);
                    if (error != null) {
                        stream.reset(Stream.RESET_NONE);
                    }
                });
    }

    private static CompletableFuture<HopMessage> understand(PeerId relay, Optional<byte[]> message) {
        try {
            HopMessage answer = HopMessage.decode(message.orElseThrow(() -> new IOException("no answer")));
            if (answer.type() == HopMessage.STATUS && answer.status() == Status.OK) {
                return CompletableFuture.completedFuture(answer);
            }
            return CompletableFuture.failedFuture(refused(
                    relay,
                    answer.type() == HopMessage.STATUS
                            ? Status.text(answer.status())
                            : "it answered with a message of type " + answer.type()));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(refused(relay, String.valueOf(e.getMessage())));
        }
    }

    private static NetworkException refused(PeerId relay, String why) {
        return new NetworkException(Reason.DIAL_FAILED, "relay " + relay + ": " + why);
    }

    private ScheduledFuture<?> limit(Stream stream) {
        return timers.schedule(() -> stream.reset(Stream.RESET_NONE), ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    // ---- in ----

    /** Serves {@link #STOP}: a relay brings a connection of somebody. */
    @Override
    public void accept(Stream stream) {
        if (handshakes.incrementAndGet() > MAX_HANDSHAKES) {
            handshakes.decrementAndGet();
            stream.reset(Stream.RESET_RESOURCE_LIMIT);
            return;
        }
        MessageReader reader = new MessageReader(stream, MAX_MESSAGE_BYTES);
        ScheduledFuture<?> limit;
        try {
            limit = limit(stream);
        } catch (RejectedExecutionException e) {
            handshakes.decrementAndGet();
            stream.reset(Stream.RESET_NONE);
            return;
        }
        reader.read()
                .toCompletableFuture()
                .thenCompose(message -> answer(stream, message))
                .thenCompose(bounded -> {
                    limit.cancel(false);
                    return network.accept(new Circuit(stream, reader.leftover(), bounded));
                })
                .whenComplete((done, error) -> {
                    limit.cancel(false);
                    handshakes.decrementAndGet();
                    if (error != null) {
                        LOG.debug("connection by relay {}: {}", stream.remotePeer(), error.getMessage());
                        stream.reset(Stream.RESET_NONE);
                    }
                });
    }

    /** Says yes; the value tells whether the relay bounds the connection. */
    private static CompletableFuture<Boolean> answer(Stream stream, Optional<byte[]> message) {
        StopMessage question;
        try {
            question = StopMessage.decode(message.orElseThrow(() -> new IOException("no question")));
        } catch (IOException e) {
            return refuse(stream, Status.MALFORMED_MESSAGE, String.valueOf(e.getMessage()));
        }
        if (question.type() != StopMessage.CONNECT) {
            return refuse(stream, Status.UNEXPECTED_MESSAGE, "message of type " + question.type());
        }
        if (question.peer() == null) {
            return refuse(stream, Status.MALFORMED_MESSAGE, "it does not say who connects");
        }
        return MessageWriter.write(stream, StopMessage.status(Status.OK).encode())
                .thenApply(done -> question.limit() != null)
                .toCompletableFuture();
    }

    private static CompletableFuture<Boolean> refuse(Stream stream, int status, String why) {
        return MessageWriter.write(stream, StopMessage.status(status).encode())
                .thenCompose(done -> stream.closeWrite())
                .thenCompose(done ->
                        CompletableFuture.<Boolean>failedFuture(new NetworkException(Reason.PROTOCOL_VIOLATION, why)))
                .toCompletableFuture();
    }
}
