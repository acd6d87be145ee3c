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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ipfsnode.NodeNetwork;
import org.pinion.spi.ipfsnode.NodeNetwork.Link;
import org.pinion.spi.ipfsnode.NodeNetwork.Traffic;

/** Connections and what goes over them. */
final class SwarmCommands {
    private final Node node;

    SwarmCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("swarm/peers", this::peers, "verbose", "streams", "latency", "direction", "identify"),
                Command.of("swarm/connect", this::connect),
                Command.of("swarm/disconnect", this::disconnect),
                Command.of("swarm/addrs", this::addresses),
                Command.of("swarm/addrs/local", this::local, "id"),
                Command.of("swarm/addrs/listen", this::listen),
                Command.of("bitswap/stat", this::bitswap, "verbose", "human"),
                Command.of("stats/bitswap", this::bitswap, "verbose", "human"),
                Command.of("bitswap/wantlist", call -> Reply.single(call, Json.object("Keys", List.of()))));
    }

    private void peers(Call call) throws IOException {
        boolean all = call.flag("verbose", false);
        boolean direction = all || call.flag("direction", false);
        boolean identify = all || call.flag("identify", false);
        List<Object> rows = new ArrayList<>();
        for (Link link : node.network().links()) {
            Map<String, @Nullable Object> row = Json.object(
                    "Addr", link.address().toString(), "Peer", link.peer().toString());
            if (identify) {
                row.put(
                        "Identify",
                        Json.object(
                                "ID", link.peer().toString(),
                                "AgentVersion", link.agent(),
                                "Protocols", link.protocols()));
            }
            if (direction) {
                row.put("Direction", link.outbound() ? 2 : 1);
            }
            rows.add(row);
        }
        Reply.single(call, Json.object("Peers", rows.isEmpty() ? null : rows));
    }

    private record Target(PeerId peer, List<Multiaddr> addresses) {}

    private static List<Target> targets(Call call) {
        Map<PeerId, List<Multiaddr>> targets = new LinkedHashMap<>();
        for (String text : call.args("address")) {
            Multiaddr address;
            try {
                address = Multiaddr.parse(text);
            } catch (IllegalArgumentException e) {
                throw new KuboException("failed to parse multiaddr \"" + text + "\": " + e.getMessage(), e);
            }
            PeerId peer = address.peerId()
                    .orElseThrow(() -> new KuboException("invalid p2p multiaddr: " + text + " has no /p2p"));
            List<Multiaddr> addresses = targets.computeIfAbsent(peer, key -> new ArrayList<>());
            if (!address.withoutPeerId().isEmpty()) {
                addresses.add(address.withoutPeerId());
            }
        }
        List<Target> all = new ArrayList<>();
        targets.forEach((peer, addresses) -> all.add(new Target(peer, addresses)));
        return all;
    }

    private void connect(Call call) throws IOException {
        List<String> done = new ArrayList<>();
        for (Target target : targets(call)) {
            try {
                Node.await(node.network().dial(target.peer(), target.addresses()), call.deadline());
            } catch (ClusterException e) {
                throw new KuboException("connect " + target.peer() + " failure: " + e.getMessage(), e);
            }
            done.add("connect " + target.peer() + " success");
        }
        Reply.single(call, Json.object("Strings", done));
    }

    private void disconnect(Call call) throws IOException {
        List<String> done = new ArrayList<>();
        for (Target target : targets(call)) {
            boolean was = node.network().disconnect(target.peer());
            done.add("disconnect " + target.peer() + (was ? " success" : " failure: conn not found"));
        }
        Reply.single(call, Json.object("Strings", done));
    }

    private void addresses(Call call) throws IOException {
        Map<String, @Nullable Object> rows = new LinkedHashMap<>();
        node.network().knownPeers().forEach((peer, known) -> rows.put(peer.toString(), NodeCommands.texts(known)));
        Reply.single(call, Json.object("Addrs", rows));
    }

    private void local(Call call) throws IOException {
        boolean whole = call.flag("id", false);
        List<String> texts = new ArrayList<>();
        for (Multiaddr address :
                Node.await(node.connector().id(), call.deadline()).addresses()) {
            texts.add((whole ? address : address.withoutPeerId()).toString());
        }
        Reply.single(call, Json.object("Strings", texts));
    }

    private void listen(Call call) throws IOException {
        Reply.single(
                call, Json.object("Strings", NodeCommands.texts(node.network().listenAddresses())));
    }

    private void bitswap(Call call) throws IOException {
        NodeNetwork network = node.network();
        Traffic traffic = network.traffic();
        List<String> peers = network.links().stream()
                .map(link -> link.peer().toString())
                .distinct()
                .toList();
        Reply.single(
                call,
                Json.object(
                        "Wantlist", List.of(),
                        "Peers", peers,
                        "BlocksReceived", traffic.blocksReceived(),
                        "DataReceived", traffic.bytesReceived(),
                        "DupBlksReceived", traffic.duplicateBlocks(),
                        "DupDataReceived", 0,
                        "MessagesReceived", 0,
                        "BlocksSent", traffic.blocksSent(),
                        "DataSent", traffic.bytesSent()));
    }
}
