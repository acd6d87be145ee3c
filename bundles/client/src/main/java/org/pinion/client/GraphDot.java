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
package org.pinion.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ConnectGraph;

/** The connection graph as a DOT document, laid out as the reference does. */
public final class GraphDot {
    private static final Comparator<PeerId> BY_TEXT = Comparator.comparing(PeerId::toString);

    private final ConnectGraph graph;
    private final boolean allIpfsPeers;
    private final StringBuilder out = new StringBuilder(4096);
    private final Map<PeerId, String> clusterNodes = new LinkedHashMap<>();
    private final Map<PeerId, String> ipfsNodes = new LinkedHashMap<>();
    private final List<PeerId> withoutIpfs = new ArrayList<>();

    private GraphDot(ConnectGraph graph, boolean allIpfsPeers) {
        this.graph = graph;
        this.allIpfsPeers = allIpfsPeers;
    }

    /**
     * The document, without a line break at its end.
     *
     * @param allIpfsPeers whether IPFS nodes outside of the cluster are drawn too
     */
    public static String of(ConnectGraph graph, boolean allIpfsPeers) {
        return new GraphDot(graph, allIpfsPeers).draw();
    }

    private String draw() {
        out.append("digraph cluster {\n/* peers of the cluster */\nsubgraph  {\nrank=\"min\"\n");
        sorted(graph.clusterLinks().keySet()).forEach(this::clusterNode);
        out.append("}\n\n/* their IPFS nodes */\nsubgraph  {\nrank=\"max\"\n");
        ipfsPeers().forEach(this::ipfsNode);
        missingNodes();
        out.append("}\n\n/* connections between peers */\n");
        graph.clusterLinks().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(BY_TEXT))
                .forEach(entry -> entry.getValue().forEach(to -> edge(entry.getKey(), to)));
        out.append("\n/* peers and their IPFS nodes */\n");
        toIpfs();
        out.append("\n/* connections between IPFS nodes */\n");
        ipfsEdges();
        return out.append('}').toString();
    }

    private static List<PeerId> sorted(Set<PeerId> peers) {
        return peers.stream().sorted(BY_TEXT).toList();
    }

    private List<PeerId> ipfsPeers() {
        Set<PeerId> all = new TreeSet<>(BY_TEXT);
        all.addAll(graph.ipfsLinks().keySet());
        all.addAll(graph.clusterToIpfs().values());
        if (allIpfsPeers) {
            graph.ipfsLinks().values().forEach(all::addAll);
        }
        return List.copyOf(all);
    }

    private void clusterNode(PeerId peer) {
        boolean self = peer.equals(graph.clusterId());
        boolean trusted = Boolean.TRUE.equals(graph.trustLinks().get(peer));
        String id = (trusted && !self ? "T" : "C") + clusterNodes.size();
        clusterNodes.put(peer, id);
        String name = graph.peernames().getOrDefault(peer, "");
        node(id, name, peer.toString(), self || trusted ? "orange" : "darkorange3", "box3d", self);
    }

    private void ipfsNode(PeerId peer) {
        String id = "I" + ipfsNodes.size();
        ipfsNodes.put(peer, id);
        node(id, "IPFS", peer.toString(), "turquoise3", "cylinder", false);
    }

    private void missingNodes() {
        for (PeerId peer : clusterNodes.keySet()) {
            if (!graph.clusterToIpfs().containsKey(peer)) {
                withoutIpfs.add(peer);
                String id = "I" + (ipfsNodes.size() + withoutIpfs.size() - 1);
                out.append(id).append(" [label=< <B> IPFS </B> <BR/> <B> Errored </B> > ");
                attributes(peer.toString(), "firebrick1", "cylinder", false);
            }
        }
    }

    private void node(String id, String name, String peer, String color, String shape, boolean self) {
        out.append(id).append(" [label=< <B> ").append(escaped(name)).append(" </B> <BR/> <B> ");
        out.append(peer, 0, 2)
                .append('*')
                .append(peer.substring(peer.length() - 6))
                .append(" </B> > ");
        attributes(peer, color, shape, self);
    }

    private void attributes(String group, String color, String shape, boolean self) {
        out.append("group=\"").append(group).append("\" color=\"").append(color);
        out.append("\" style=\"filled\" colorscheme=\"x11\" fontcolor=\"black\" fontname=\"Arial\" shape=\"");
        out.append(shape).append("\" ").append(self ? "peripheries=\"2\" " : "").append("]\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void edge(PeerId from, PeerId to) {
        String target = clusterNodes.get(to);
        if (target != null) {
            out.append(clusterNodes.get(from)).append(" -> ").append(target).append('\n');
        }
    }

    private void toIpfs() {
        for (Map.Entry<PeerId, String> peer : clusterNodes.entrySet()) {
            PeerId node = graph.clusterToIpfs().get(peer.getKey());
            out.append(peer.getValue()).append(" -> ");
            if (node == null) {
                int missing = ipfsNodes.size() + withoutIpfs.indexOf(peer.getKey());
                out.append('I').append(missing).append(" [ style=\"dotted\" ]\n");
            } else {
                out.append(ipfsNodes.get(node)).append('\n');
            }
        }
    }

    private void ipfsEdges() {
        graph.ipfsLinks().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(BY_TEXT))
                .forEach(entry -> entry.getValue().forEach(to -> {
                    String target = ipfsNodes.get(to);
                    if (target != null) {
                        out.append(ipfsNodes.get(entry.getKey()))
                                .append(" -> ")
                                .append(target)
                                .append('\n');
                    }
                }));
    }
}
