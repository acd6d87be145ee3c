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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

/**
 * The decisions of gossipsub: events in, effects out. No clock, no I/O, no threads; {@code now} is a monotonic time in
 * nanoseconds. Not safe for several threads.
 *
 * @spec gossipsub 1.0, 1.1 (without scores) and 1.2
 */
final class Router {
    private static final int SUBSCRIPTIONS_PER_FRAME = 256;

    private final Peers peers;
    private final Mesh mesh = new Mesh();
    private final Gossip gossip;
    private final MeshKeeper keeper;

    /** Decisions for peers of whom no signed addresses are known. */
    Router(PubSubSettings settings, RandomGenerator random) {
        this(settings, random, peer -> Optional.empty());
    }

    /**
     * Decisions without any peers yet.
     *
     * @param records the signed addresses of a peer, for those that we take out of a mesh
     */
    Router(PubSubSettings settings, RandomGenerator random, Function<PeerId, Optional<byte[]>> records) {
        this.peers = new Peers(random);
        this.gossip = new Gossip(settings, peers);
        this.keeper = new MeshKeeper(settings, peers, mesh, records);
    }

    /** Takes other settings; meshes and caches follow with the next heartbeats. */
    void configure(PubSubSettings settings) {
        gossip.configure(settings);
        keeper.configure(settings);
    }

    // ---- peers ----

    /** Our stream to a peer is open: it gets our subscriptions, and is grafted at once where we need it. */
    List<Effect> opened(PeerId id, Dialect dialect, boolean outbound, long now) {
        List<Effect> effects = new ArrayList<>();
        PeerState peer = peers.getOrAdd(id);
        peer.dialect = dialect;
        peer.outbound = outbound;
        List<Subscription> hello = mesh.mesh.keySet().stream()
                .map(topic -> new Subscription(true, topic))
                .toList();
        for (int i = 0; i < hello.size(); i += SUBSCRIPTIONS_PER_FRAME) {
            List<Subscription> part = hello.subList(i, Math.min(hello.size(), i + SUBSCRIPTIONS_PER_FRAME));
            effects.add(new Effect.Send(List.of(id), Rpc.subscriptions(part), false));
        }
        ControlBatch batch = new ControlBatch();
        for (String topic : peer.topics) {
            effects.add(new Effect.Joined(topic, id));
            keeper.graftNewcomer(topic, peer, batch, now);
        }
        batch.drainTo(effects);
        return effects;
    }

    /** Our stream to a peer is gone. */
    List<Effect> closed(PeerId id) {
        List<Effect> effects = new ArrayList<>();
        PeerState peer = peers.get(id);
        if (peer != null && peer.dialect != null) {
            peer.topics.forEach(topic -> leave(peer, topic, effects));
            peer.dialect = null;
        }
        return effects;
    }

    /** The stream on which a peer told its subscriptions is gone. */
    List<Effect> silent(PeerId id) {
        List<Effect> effects = new ArrayList<>();
        PeerState peer = peers.get(id);
        if (peer != null) {
            for (String topic : List.copyOf(peer.topics)) {
                leave(peer, topic, effects);
                peers.unsubscribe(peer, topic);
            }
        }
        return effects;
    }

    /** A peer is disconnected. */
    List<Effect> gone(PeerId id) {
        List<Effect> effects = silent(id);
        PeerState peer = peers.get(id);
        if (peer != null) {
            peers.remove(peer);
        }
        return effects;
    }

    private void leave(PeerState peer, String topic, List<Effect> effects) {
        mesh.remove(topic, peer);
        if (peer.canSend()) {
            effects.add(new Effect.Left(topic, peer.id));
        }
    }

    // ---- our topics ----

    List<Effect> subscribe(String topic, long now) {
        List<Effect> effects = new ArrayList<>();
        if (mesh.subscribed(topic)) {
            return effects;
        }
        announce(true, topic, effects);
        ControlBatch batch = new ControlBatch();
        keeper.join(topic, batch, now);
        batch.drainTo(effects);
        return effects;
    }

    List<Effect> unsubscribe(String topic, long now) {
        List<Effect> effects = new ArrayList<>();
        if (mesh.subscribed(topic)) {
            announce(false, topic, effects);
            ControlBatch batch = new ControlBatch();
            keeper.leave(topic, batch, now);
            batch.drainTo(effects);
        }
        return effects;
    }

    private void announce(boolean subscribe, String topic, List<Effect> effects) {
        List<PeerId> to = peers.all().stream()
                .filter(PeerState::canSend)
                .map(peer -> peer.id)
                .toList();
        if (!to.isEmpty()) {
            Rpc rpc = Rpc.subscriptions(List.of(new Subscription(subscribe, topic)));
            effects.add(new Effect.Send(to, rpc, false));
        }
    }

    boolean subscribed(String topic) {
        return mesh.subscribed(topic);
    }

    // ---- messages ----

    /** Sends a message of ours. */
    List<Effect> publish(MessageId id, String topic, Message message, long now) {
        gossip.markSeen(id, now);
        gossip.cache(id, topic, message);
        return send(id, message, keeper.receivers(topic, now), List.of());
    }

    /** Whether a message need not be looked at: it was seen before, or its sender sent too much rubbish. */
    boolean ignores(PeerId from, MessageId id, long now) {
        PeerState peer = peers.get(from);
        return gossip.seen(id, now) || (peer != null && peer.badMessages >= Limits.BAD_MESSAGES);
    }

    /** A message had a bad signature: a few are passed over, many are an attack. */
    List<Effect> bad(PeerId from) {
        return ++peers.getOrAdd(from).badMessages == Limits.BAD_MESSAGES
                ? List.of(new Effect.Offence(
                        from, Limits.BAD_MESSAGES + " messages without a good signature in one heartbeat"))
                : List.of();
    }

    /** A new message had a good signature: nobody needs to send it to us any more. */
    List<Effect> verified(PeerId from, MessageId id, Message message, long now) {
        gossip.markSeen(id, now);
        byte[] data = message.data();
        String topic = message.topic();
        if (data == null || topic == null || data.length < Limits.DONT_WANT_BYTES) {
            return List.of();
        }
        List<PeerId> to = mesh.mesh.getOrDefault(topic, Set.of()).stream()
                .filter(peer -> peer.dialect != null && peer.dialect.atLeast(Dialect.MESH_1_2) && !peer.id.equals(from))
                .map(peer -> peer.id)
                .toList();
        return to.isEmpty() ? List.of() : List.of(new Effect.Send(to, Rpc.control(Control.dontWant(id)), true));
    }

    /** Passes on a message that was accepted. */
    List<Effect> forward(PeerId from, PeerId author, MessageId id, Message message) {
        String topic = message.topic();
        if (topic == null) {
            return List.of();
        }
        gossip.cache(id, topic, message);
        Set<PeerState> receivers = new LinkedHashSet<>(mesh.mesh.getOrDefault(topic, Set.of()));
        receivers.addAll(peers.pick(topic, peer -> !peer.meshable()));
        return send(id, message, receivers, List.of(from, author));
    }

    private static List<Effect> send(
            MessageId id, Message message, Collection<PeerState> receivers, List<PeerId> except) {
        List<PeerId> to = receivers.stream()
                .filter(peer -> !peer.unwanted.containsKey(id))
                .map(peer -> peer.id)
                .filter(peer -> !except.contains(peer))
                .toList();
        return to.isEmpty() ? List.of() : List.of(new Effect.Send(to, Rpc.publish(message), true));
    }

    // ---- what peers tell ----

    List<Effect> onSubscriptions(PeerId from, List<Subscription> subscriptions, long now) {
        if (subscriptions.isEmpty()) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        ControlBatch batch = new ControlBatch();
        PeerState peer = peers.getOrAdd(from);
        for (Subscription subscription : subscriptions) {
            if (++peer.changes > Limits.SUBSCRIPTION_CHANGES) {
                effects.add(new Effect.Offence(
                        from, "more than " + Limits.SUBSCRIPTION_CHANGES + " subscriptions in one heartbeat"));
                break;
            }
            String topic = subscription.topic();
            if (!subscription.subscribe()) {
                if (peers.unsubscribe(peer, topic)) {
                    leave(peer, topic, effects);
                }
            } else if (topic.length() <= Limits.TOPIC_BYTES && peers.subscribe(peer, topic) && peer.canSend()) {
                effects.add(new Effect.Joined(topic, from));
                keeper.graftNewcomer(topic, peer, batch, now);
            }
        }
        batch.drainTo(effects);
        return effects;
    }

    List<Effect> onControl(PeerId from, Control control, long now) {
        PeerState peer = peers.get(from);
        if (peer == null || control.isEmpty()) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        gossip.onDontWant(peer, control.dontWant());
        if (peer.meshable()) {
            List<MessageId> wanted = gossip.onHave(peer, control.have(), mesh.mesh.keySet(), now);
            if (!wanted.isEmpty()) {
                effects.add(new Effect.Send(List.of(from), Rpc.control(Control.want(wanted)), true));
            }
            for (Message message : gossip.onWant(peer, control.want())) {
                effects.add(new Effect.Send(List.of(from), Rpc.publish(message), true));
            }
            ControlBatch batch = new ControlBatch();
            keeper.onGraft(peer, control.graft(), batch, now);
            batch.drainTo(effects);
        }
        keeper.onPrune(peer, control.prune(), effects, now);
        return effects;
    }

    /** One round of upkeep. */
    List<Effect> heartbeat(long now) {
        List<Effect> effects = new ArrayList<>();
        gossip.onHeartbeat(now);
        ControlBatch batch = new ControlBatch();
        keeper.heartbeat(batch, now);
        batch.drainTo(effects);
        mesh.mesh.forEach((topic, members) -> gossip.advertise(topic, members, effects));
        mesh.fanout.forEach((topic, fanout) -> gossip.advertise(topic, fanout.peers, effects));
        gossip.shift();
        return effects;
    }

    /** All peers that are in a mesh. */
    Set<PeerId> members() {
        Set<PeerId> ids = new HashSet<>();
        mesh.mesh.values().forEach(members -> members.forEach(peer -> ids.add(peer.id)));
        return ids;
    }

    /** The mesh of a topic; for tests and diagnosis. */
    Set<PeerId> meshOf(String topic) {
        Set<PeerId> ids = new LinkedHashSet<>();
        mesh.mesh.getOrDefault(topic, Set.of()).forEach(peer -> ids.add(peer.id));
        return ids;
    }
}
