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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Have;

/**
 * Gossip: which messages are known, advertised, asked for and given. No clock, no I/O; one thread.
 *
 * @spec gossipsub 1.1 "Gossip Propagation", 1.2 "IDONTWANT"
 */
final class Gossip {
    private static final int BYTES_PER_ID = 40;

    private PubSubSettings settings;
    private final Peers peers;
    private final SeenCache seen;
    private final MessageCache cache;
    private final Map<MessageId, Integer> asked = new HashMap<>();
    private final int maxIds;
    private long heartbeat;

    Gossip(PubSubSettings settings, Peers peers) {
        this.settings = settings;
        this.peers = peers;
        this.seen = new SeenCache(settings.seenTtl(), Limits.SEEN_IDS);
        this.cache = new MessageCache(settings.historyLength(), settings.historyGossip(), Limits.CACHED_BYTES);
        this.maxIds = Math.min(Limits.GOSSIP_IDS, Math.max(1, settings.maxMessageBytes() / BYTES_PER_ID));
    }

    void configure(PubSubSettings changed) {
        settings = changed;
        seen.ttl(changed.seenTtl());
        cache.resize(changed.historyLength(), changed.historyGossip());
    }

    boolean seen(MessageId id, long now) {
        return seen.contains(id, now);
    }

    boolean markSeen(MessageId id, long now) {
        return seen.add(id, now);
    }

    void cache(MessageId id, String topic, Message message) {
        cache.put(id, topic, message);
    }

    /** What to ask a peer for after it advertised messages. */
    List<MessageId> onHave(PeerState peer, List<Have> haves, Set<String> subscribed, long now) {
        Set<MessageId> wanted = new LinkedHashSet<>();
        for (Have have : haves) {
            if (++peer.haveMessages > Limits.HAVE_MESSAGES) {
                break;
            }
            if (!subscribed.contains(have.topic())) {
                continue;
            }
            for (MessageId id : have.ids()) {
                if (peer.idsAsked + wanted.size() >= maxIds) {
                    break;
                }
                if (!seen.contains(id, now) && asked.getOrDefault(id, 0) < Limits.ASKED_PEERS) {
                    wanted.add(id);
                }
            }
        }
        peer.idsAsked += wanted.size();
        if (asked.size() < Limits.SEEN_IDS) {
            wanted.forEach(id -> asked.merge(id, 1, Integer::sum));
        }
        List<MessageId> list = new ArrayList<>(wanted);
        peers.shuffle(list);
        return list;
    }

    /** The messages a peer gets after it asked. */
    List<Message> onWant(PeerState peer, List<MessageId> ids) {
        List<Message> given = new ArrayList<>();
        for (MessageId id : ids) {
            if (!peer.unwanted.containsKey(id)) {
                cache.give(id, peer.id, Limits.RETRANSMISSIONS).ifPresent(given::add);
            }
        }
        return given;
    }

    void onDontWant(PeerState peer, List<MessageId> ids) {
        if (ids.isEmpty() || ++peer.unwantedMessages > Limits.DONT_WANT_MESSAGES) {
            return;
        }
        for (MessageId id : ids.subList(0, Math.min(ids.size(), Limits.DONT_WANT_IDS))) {
            peer.doesNotWant(id, heartbeat + Limits.DONT_WANT_HEARTBEATS);
        }
    }

    /** Advertises the last messages of a topic to some peers that do not get them in full. */
    void advertise(String topic, Collection<PeerState> full, List<Effect> effects) {
        List<MessageId> ids = cache.gossip(topic);
        if (ids.isEmpty()) {
            return;
        }
        List<PeerState> others = peers.pick(topic, peer -> peer.meshable() && !full.contains(peer));
        int count = Math.max(settings.mesh().lazy(), (int) (settings.gossipFactor() * others.size()));
        List<PeerId> to = others.stream().limit(count).map(peer -> peer.id).toList();
        if (to.isEmpty()) {
            return;
        }
        peers.shuffle(ids);
        Have have = new Have(topic, ids.subList(0, Math.min(ids.size(), maxIds)));
        effects.add(new Effect.Send(to, Rpc.control(Control.have(have)), true));
    }

    void onHeartbeat(long now) {
        heartbeat++;
        peers.all().forEach(peer -> peer.onHeartbeat(heartbeat));
        asked.clear();
        seen.expire(now);
    }

    /** After the advertisements of a heartbeat. */
    void shift() {
        cache.shift();
    }
}
