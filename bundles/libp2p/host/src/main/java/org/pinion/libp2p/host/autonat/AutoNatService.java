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
package org.pinion.libp2p.host.autonat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.host.swarm.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a peer whether it can be reached, by dialing it: at the IP address from which it asks and nowhere else, and only
 * on the public network. Thread-safe.
 *
 * @spec libp2p "AutoNAT" v1
 */
public final class AutoNatService implements StreamHandler {
    /** Protocol id. */
    public static final String PROTOCOL = "/libp2p/autonat/1.0.0";

    /** Dials a peer from another identity, so that no connection of ours is taken for an answer. */
    public interface DialBack {
        /** The address that answered as that peer. */
        CompletableFuture<Multiaddr> dial(PeerId peer, List<Multiaddr> addresses);
    }

    /** How long a dial may take; a failure is told only then, so that its time says nothing about a machine's ports. */
    public static final long DIAL_SECONDS = 15;

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.autonat");
    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final int MAX_ADDRESSES = 16;
    private static final int MAX_STREAMS_PER_PEER = 2;
    private static final int MAX_DIALS = 30;
    private static final int MAX_DIALS_PER_PEER = 3;
    private static final long STREAM_SECONDS = 60;
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ScheduledExecutorService timers;
    private final DialBack dialBack;
    private final LongSupplier nanos;
    private final Map<PeerId, Integer> streams = new HashMap<>();
    private final Map<PeerId, Integer> dials = new HashMap<>();
    private int allDials;
    private long periodStart;

    public AutoNatService(ScheduledExecutorService timers, DialBack dialBack, LongSupplier nanos) {
        this.timers = timers;
        this.dialBack = dialBack;
        this.nanos = nanos;
        this.periodStart = nanos.getAsLong();
    }

    @Override
    public void accept(Stream stream) {
        PeerId peer = stream.remotePeer();
        synchronized (this) {
            if (streams.getOrDefault(peer, 0) >= MAX_STREAMS_PER_PEER) {
                stream.reset(Stream.RESET_RESOURCE_LIMIT);
                return;
            }
            streams.merge(peer, 1, Integer::sum);
        }
        ScheduledFuture<?> limit =
                timers.schedule(() -> stream.reset(Stream.RESET_NONE), STREAM_SECONDS, TimeUnit.SECONDS);
        new MessageReader(stream, MAX_MESSAGE_BYTES)
                .read()
                .toCompletableFuture()
                .thenCompose(message -> answer(stream, message))
                .thenCompose(answer -> MessageWriter.write(stream, answer.encode()))
                .whenComplete((done, error) -> {
                    limit.cancel(false);
                    synchronized (this) {
                        streams.computeIfPresent(peer, (key, n) -> n > 1 ? n - 1 : null);
                    }
                    if (error == null) {
                        stream.close();
                    } else {
                        LOG.debug("autonat question of {}: {}", peer, error.getMessage());
                        stream.reset(Stream.RESET_NONE);
                    }
                });
    }

    private CompletableFuture<DialAnswer> answer(Stream stream, Optional<byte[]> message) {
        DialRequest request;
        try {
            request = DialRequest.decode(message.orElseThrow(() -> new IOException("no question")));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        PeerId peer = stream.remotePeer();
        Multiaddr remote = stream.connection().remoteAddress();
        if (!request.complete()) {
            return CompletableFuture.completedFuture(DialAnswer.no(DialAnswer.BAD_REQUEST, "missing peer info"));
        }
        if (request.peer().length > 0 && !Arrays.equals(request.peer(), peer.bytes())) {
            return CompletableFuture.completedFuture(DialAnswer.no(DialAnswer.BAD_REQUEST, "peer id mismatch"));
        }
        if (Addresses.isRelayed(remote) || Addresses.ip(remote).isEmpty() || Addresses.isPrivate(remote)) {
            return CompletableFuture.completedFuture(
                    DialAnswer.no(DialAnswer.DIAL_REFUSED, "refusing to dial peer with blocked observed address"));
        }
        if (!takeDial(peer)) {
            return CompletableFuture.completedFuture(DialAnswer.no(DialAnswer.DIAL_REFUSED, "too many dials"));
        }
        return dial(peer, candidates(remote, request.addresses()));
    }

    /** The ports and transports that the peer names, at the address from which it asks. */
    private static List<Multiaddr> candidates(Multiaddr remote, List<Multiaddr> told) {
        String ip = remote.components().get(0).toString();
        Set<Multiaddr> all = new LinkedHashSet<>();
        all.add(remote);
        for (Multiaddr address : told) {
            if (Addresses.ip(address).isPresent() && all.size() < MAX_ADDRESSES) {
                StringBuilder there = new StringBuilder(ip);
                address.withoutPeerId().components().stream().skip(1).forEach(there::append);
                Multiaddr candidate = Multiaddr.parse(there.toString());
                if (Addresses.target(candidate).isPresent()) {
                    all.add(candidate);
                }
            }
        }
        return List.copyOf(all);
    }

    private synchronized boolean takeDial(PeerId peer) {
        long now = nanos.getAsLong();
        if (now - periodStart >= PERIOD_NANOS) {
            periodStart = now;
            allDials = 0;
            dials.clear();
        }
        if (allDials >= MAX_DIALS || dials.getOrDefault(peer, 0) >= MAX_DIALS_PER_PEER) {
            return false;
        }
        allDials++;
        dials.merge(peer, 1, Integer::sum);
        return true;
    }

    private CompletableFuture<DialAnswer> dial(PeerId peer, List<Multiaddr> candidates) {
        CompletableFuture<DialAnswer> answer = new CompletableFuture<>();
        try {
            timers.schedule(
                    () -> answer.complete(DialAnswer.no(DialAnswer.DIAL_ERROR, "dial failed")),
                    DIAL_SECONDS,
                    TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
        dialBack.dial(peer, candidates).thenAccept(reached -> answer.complete(DialAnswer.reached(reached)));
        return answer;
    }
}
