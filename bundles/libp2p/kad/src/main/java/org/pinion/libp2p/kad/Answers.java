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
package org.pinion.libp2p.kad;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.kad.KadMessage.Link;
import org.pinion.libp2p.kad.KadMessage.Peer;
import org.pinion.libp2p.kad.KadMessage.Value;

/**
 * What the questions of other peers are answered. No clock, no I/O; one thread.
 *
 * @spec libp2p "Kademlia DHT", RPC messages
 */
final class Answers {
    /** What is known about peers. */
    interface Known {
        /** This peer. */
        PeerId self();

        /** The peers of the table that are nearest to a point. */
        List<PeerId> nearest(KadId target, int count);

        /** Where a peer is, this one included. */
        List<Multiaddr> addresses(PeerId peer);

        boolean isConnected(PeerId peer);
    }

    /**
     * Who asks, and when.
     *
     * @param peer who asks
     * @param sameMachine true if it is connected over loopback
     * @param wall the time of day
     * @param now the time that only runs forward, in nanoseconds
     */
    record Asker(PeerId peer, boolean sameMachine, Instant wall, long now) {}

    private final Scope scope;
    private final int width;
    private final Known known;
    private final Providers providers = new Providers();
    private final Values values = new Values();

    Answers(Scope scope, int width, Known known) {
        this.scope = scope;
        this.width = width;
        this.known = known;
    }

    /**
     * The answer; empty when the question has none.
     *
     * @throws ProtocolException if the question breaks a rule; the stream must be reset
     * @throws Refusal if it is not done here
     */
    Optional<KadMessage> to(KadMessage question, Asker asker) {
        return switch (question.kind()) {
            case PING -> Optional.of(question);
            case FIND_NODE -> Optional.of(findNode(question, asker));
            case GET_PROVIDERS -> Optional.of(getProviders(question, asker));
            case ADD_PROVIDER -> {
                addProvider(question, asker);
                yield Optional.empty();
            }
            case GET_VALUE -> {
                checkKey(question, Limits.REQUEST_BYTES);
                Value found = values.get(question.key(), asker.now);
                yield Optional.of(question.answer(found, closer(question.key(), null, asker), List.of()));
            }
            case PUT_VALUE -> {
                putValue(question, asker);
                yield Optional.of(question);
            }
        };
    }

    private KadMessage findNode(KadMessage question, Asker asker) {
        checkKey(question, Limits.REQUEST_BYTES);
        return question.answer(null, closer(question.key(), peerId(question.key()), asker), List.of());
    }

    private KadMessage getProviders(KadMessage question, Asker asker) {
        checkKey(question, Limits.PROVIDER_KEY_BYTES);
        List<Peer> having = new ArrayList<>();
        for (PeerAddresses provider : providers.get(question.key(), asker.now)) {
            Set<Multiaddr> all = new LinkedHashSet<>(provider.addresses());
            all.addAll(known.addresses(provider.id()));
            having.add(peer(provider.id(), scope.credible(all, asker.sameMachine)));
        }
        return question.answer(null, closer(question.key(), null, asker), having);
    }

    private void addProvider(KadMessage question, Asker asker) {
        checkKey(question, Limits.PROVIDER_KEY_BYTES);
        boolean added = false;
        for (Peer provider : question.providers()) {
            if (provider.id().equals(asker.peer) && !provider.addresses().isEmpty()) {
                List<Multiaddr> addresses = scope.credible(provider.addresses(), asker.sameMachine);
                providers.add(question.key(), asker.peer, addresses, asker.now);
                added = true;
            }
        }
        if (!added) {
            throw new Refusal(asker.peer + " names no provider with an address, or another than itself");
        }
    }

    private void putValue(KadMessage question, Asker asker) {
        checkKey(question, Limits.REQUEST_BYTES);
        Value value = question.value();
        if (value == null) {
            throw ProtocolException.resetStream(asker.peer + " wants to store nothing");
        }
        values.put(question.key(), value, asker.wall, asker.now);
    }

    private static void checkKey(KadMessage question, int max) {
        int length = question.key().length;
        if (length == 0 || length > max) {
            throw ProtocolException.resetStream(
                    question.kind() + " with a key of " + length + " bytes, must be 1 to " + max);
        }
    }

    /**
     * The peers near a key whose address is known. A peer that is looked for itself comes first, whoever it is: that is
     * how peers are found that do not serve the DHT.
     */
    private List<Peer> closer(byte[] key, @Nullable PeerId wanted, Asker asker) {
        Set<PeerId> ids = new LinkedHashSet<>();
        if (wanted != null) {
            ids.add(wanted);
        }
        // two more, for the asker and for the one that comes first
        known.nearest(KadId.of(key), width + 2).stream()
                .filter(id -> !id.equals(asker.peer) && !id.equals(known.self()))
                .forEach(ids::add);
        List<Peer> closer = new ArrayList<>();
        int room = width;
        for (PeerId id : ids) {
            List<Multiaddr> addresses = scope.credible(known.addresses(id), asker.sameMachine);
            boolean first = wanted != null && id.equals(wanted);
            if (!addresses.isEmpty() && (first || room > 0)) {
                closer.add(peer(id, addresses));
                room -= first ? 0 : 1;
            }
        }
        return closer;
    }

    private Peer peer(PeerId id, List<Multiaddr> addresses) {
        return new Peer(id, addresses, known.isConnected(id) ? Link.CONNECTED : Link.NOT_CONNECTED);
    }

    private static @Nullable PeerId peerId(byte[] key) {
        try {
            return key.length > KadCodec.MAX_ID_BYTES ? null : PeerId.ofBytes(key);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Forgets what is too old. */
    void expire(long now) {
        providers.expire(now);
        values.expire(now);
    }
}
