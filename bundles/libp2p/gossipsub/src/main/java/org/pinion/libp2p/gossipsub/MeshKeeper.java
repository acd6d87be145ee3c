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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.gossipsub.Mesh.Fanout;
import org.pinion.libp2p.gossipsub.Rpc.OtherPeer;
import org.pinion.libp2p.gossipsub.Rpc.Prune;

/**
 * Keeps the meshes at their size. No clock, no I/O; one thread.
 *
 * @spec gossipsub 1.1 "Prune Backoff and Peer Exchange", "Outbound Mesh Quotas"
 */
final class MeshKeeper {
    private PubSubSettings settings;
    private PubSubSettings.Mesh sizes;
    private final Peers peers;
    private final Mesh mesh;
    private final BackOffs backOffs = new BackOffs();
    private final Function<PeerId, Optional<byte[]>> records;

    MeshKeeper(PubSubSettings settings, Peers peers, Mesh mesh, Function<PeerId, Optional<byte[]>> records) {
        this.settings = settings;
        this.sizes = settings.mesh();
        this.peers = peers;
        this.mesh = mesh;
        this.records = records;
    }

    void configure(PubSubSettings changed) {
        settings = changed;
        sizes = changed.mesh();
    }

    /** Makes the mesh of a topic that we subscribe to. */
    void join(String topic, ControlBatch batch, long now) {
        Set<PeerState> members = new LinkedHashSet<>();
        mesh.mesh.put(topic, members);
        Fanout fanout = mesh.fanout.remove(topic);
        if (fanout != null) {
            for (PeerState peer : fanout.peers) {
                if (peer.inTopic(topic) && peer.meshable() && backOffs.mayGraft(topic, peer.id, now)) {
                    graft(topic, peer, members, batch);
                }
            }
        }
        fill(topic, members, sizes.d(), batch, now);
    }

    /** Gives up the mesh of a topic. */
    void leave(String topic, ControlBatch batch, long now) {
        Set<PeerState> members = mesh.mesh.remove(topic);
        if (members == null) {
            return;
        }
        for (PeerState peer : members) {
            backOffs.add(topic, peer.id, Limits.UNSUBSCRIBE_BACK_OFF, now);
            batch.prune(peer.id, prune(topic, peer, List.of(), Limits.UNSUBSCRIBE_BACK_OFF));
        }
    }

    /** Waiting for the heartbeat would leave a new peer without messages for many seconds. */
    void graftNewcomer(String topic, PeerState peer, ControlBatch batch, long now) {
        Set<PeerState> members = mesh.mesh.get(topic);
        if (members != null
                && members.size() < sizes.d()
                && peer.meshable()
                && !members.contains(peer)
                && backOffs.mayGraft(topic, peer.id, now)) {
            graft(topic, peer, members, batch);
        }
    }

    void onGraft(PeerState peer, List<String> topics, ControlBatch batch, long now) {
        for (String topic : topics) {
            Set<PeerState> members = mesh.mesh.get(topic);
            if (members == null || members.contains(peer) || !peer.inTopic(topic)) {
                continue;
            }
            if (backOffs.running(topic, peer.id, now)) {
                refuse(topic, peer, List.of(), batch, now);
            } else if (members.size() >= sizes.high() && !peer.outbound) {
                refuse(topic, peer, others(topic, peer), batch, now);
            } else {
                members.add(peer);
            }
        }
    }

    private void refuse(String topic, PeerState peer, List<OtherPeer> others, ControlBatch batch, long now) {
        backOffs.add(topic, peer.id, Limits.PRUNE_BACK_OFF, now);
        batch.prune(peer.id, prune(topic, peer, others, Limits.PRUNE_BACK_OFF));
    }

    void onPrune(PeerState peer, List<Prune> prunes, List<Effect> effects, long now) {
        for (Prune prune : prunes) {
            Set<PeerState> members = mesh.mesh.get(prune.topic());
            if (members == null) {
                continue;
            }
            boolean wasMember = members.remove(peer);
            backOffs.add(prune.topic(), peer.id, backOff(prune), now);
            if (wasMember && !prune.peers().isEmpty()) {
                int count = Math.min(Limits.EXCHANGED_PEERS, prune.peers().size());
                effects.add(new Effect.Connect(prune.peers().subList(0, count)));
            }
        }
    }

    private static Duration backOff(Prune prune) {
        long seconds = prune.backOffSeconds();
        long max = Limits.MAX_BACK_OFF.toSeconds();
        return seconds == 0 ? Limits.PRUNE_BACK_OFF : Duration.ofSeconds(seconds < 0 || seconds > max ? max : seconds);
    }

    void heartbeat(ControlBatch batch, long now) {
        backOffs.expire(now);
        mesh.mesh.forEach((topic, members) -> {
            if (members.size() < sizes.low()) {
                fill(topic, members, sizes.d(), batch, now);
            }
            if (members.size() > sizes.high()) {
                shrink(topic, members, batch, now);
            }
            if (members.size() >= sizes.low()) {
                fillOutbound(topic, members, batch, now);
            }
        });
        Iterator<Map.Entry<String, Fanout>> fanouts = mesh.fanout.entrySet().iterator();
        while (fanouts.hasNext()) {
            Map.Entry<String, Fanout> entry = fanouts.next();
            if (now - entry.getValue().lastPublish > Limits.FANOUT_TTL.toNanos()) {
                fanouts.remove();
            } else {
                top(entry.getKey(), entry.getValue().peers);
            }
        }
    }

    private void fill(String topic, Set<PeerState> members, int size, ControlBatch batch, long now) {
        List<PeerState> candidates = peers.pick(
                topic, peer -> peer.meshable() && !members.contains(peer) && backOffs.mayGraft(topic, peer.id, now));
        candidates.stream()
                .limit(Math.max(0, size - members.size()))
                .forEach(peer -> graft(topic, peer, members, batch));
    }

    /** Takes peers out until D are left, but keeps enough of those that we dialed ourselves. */
    private void shrink(String topic, Set<PeerState> members, ControlBatch batch, long now) {
        List<PeerState> order = new ArrayList<>(members);
        peers.shuffle(order);
        int keep = sizes.d();
        int outbound = 0;
        for (PeerState peer : order.subList(0, keep)) {
            outbound += peer.outbound ? 1 : 0;
        }
        int swap = keep - 1;
        for (int i = keep; i < order.size() && outbound < sizes.out(); i++) {
            if (!order.get(i).outbound) {
                continue;
            }
            while (swap >= 0 && order.get(swap).outbound) {
                swap--;
            }
            if (swap < 0) {
                break;
            }
            Collections.swap(order, i, swap);
            outbound++;
        }
        for (PeerState peer : order.subList(keep, order.size())) {
            members.remove(peer);
            backOffs.add(topic, peer.id, Limits.PRUNE_BACK_OFF, now);
            batch.prune(peer.id, prune(topic, peer, others(topic, peer), Limits.PRUNE_BACK_OFF));
        }
    }

    private void fillOutbound(String topic, Set<PeerState> members, ControlBatch batch, long now) {
        long outbound = members.stream().filter(peer -> peer.outbound).count();
        if (outbound >= sizes.out()) {
            return;
        }
        peers
                .pick(
                        topic,
                        peer -> peer.outbound
                                && peer.meshable()
                                && !members.contains(peer)
                                && backOffs.mayGraft(topic, peer.id, now))
                .stream()
                .limit(sizes.out() - outbound)
                .forEach(peer -> graft(topic, peer, members, batch));
    }

    private static void graft(String topic, PeerState peer, Set<PeerState> members, ControlBatch batch) {
        members.add(peer);
        batch.graft(peer.id, topic);
    }

    private Prune prune(String topic, PeerState peer, List<OtherPeer> others, Duration backOff) {
        boolean speaksBackOff = peer.dialect != null && peer.dialect.atLeast(Dialect.MESH_1_1);
        return speaksBackOff ? new Prune(topic, others, backOff.toSeconds()) : new Prune(topic, List.of(), 0);
    }

    private List<OtherPeer> others(String topic, PeerState except) {
        if (!settings.peerExchange()) {
            return List.of();
        }
        return peers.pick(topic, peer -> peer != except).stream()
                .limit(Limits.EXCHANGED_PEERS)
                .map(peer ->
                        new OtherPeer(peer.id.bytes(), records.apply(peer.id).orElse(null)))
                .toList();
    }

    // ---- own messages ----

    /** Who gets a message of ours. */
    Collection<PeerState> receivers(String topic, long now) {
        if (settings.floodPublish()) {
            return peers.pick(topic, peer -> true);
        }
        Set<PeerState> receivers = new LinkedHashSet<>(peers.pick(topic, peer -> !peer.meshable()));
        @Nullable Set<PeerState> members = mesh.mesh.get(topic);
        if (members != null) {
            receivers.addAll(members);
            // a mesh that is still small would lose messages: others get them too
            peers.pick(topic, peer -> peer.meshable() && !members.contains(peer)).stream()
                    .limit(Math.max(0, sizes.d() - members.size()))
                    .forEach(receivers::add);
        } else {
            Fanout fanout = mesh.fanout.computeIfAbsent(topic, t -> new Fanout());
            fanout.lastPublish = now;
            top(topic, fanout.peers);
            receivers.addAll(fanout.peers);
        }
        return receivers;
    }

    private void top(String topic, Set<PeerState> chosen) {
        chosen.removeIf(peer -> !peer.inTopic(topic));
        peers.pick(topic, peer -> peer.meshable() && !chosen.contains(peer)).stream()
                .limit(Math.max(0, sizes.d() - chosen.size()))
                .forEach(chosen::add);
    }
}
