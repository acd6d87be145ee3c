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
package org.pinion.cli.shell;

import java.util.List;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.TableRows;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.Versions;

/** Identity, version, membership. */
final class PeerCommands {
    private PeerCommands() {}

    static List<Spec> all() {
        return List.of(
                new Spec(
                        "id",
                        List.of(),
                        "Show the identity of this peer",
                        "Its id, name, addresses and IPFS node, as ipfs-cluster-ctl id does.",
                        List.of("cluster:id", "cluster:id --enc json"),
                        List.of(Call.JSON),
                        call -> print(call, call.await(call.service(Peers.class).id()))),
                new Spec(
                        "version",
                        List.of(),
                        "Show the version of this peer",
                        "The version of the reference whose behaviour is offered, and ours behind the plus sign.",
                        List.of("cluster:version"),
                        List.of(Call.JSON),
                        call -> call.print(call.isJson() ? call.json().version(Versions.FULL) : Versions.FULL + "\n")),
                new Spec(
                        "peers-ls",
                        List.of(),
                        "List all peers",
                        """
                        Asks every peer of the cluster who it is and prints the answers as they come. Peers that do not answer \
                        are shown with the reason, and come last.
                        """,
                        List.of("cluster:peers-ls", "cluster:peers ls --enc table"),
                        List.of(Call.ENCODING),
                        PeerCommands::list),
                new Spec(
                        "peers-add",
                        List.of(Arg.one("peer", Source.PEER)),
                        "Let a peer into the cluster",
                        "For a peer that is already reachable from here, by its id.",
                        List.of("cluster:peers-add 12D3KooW..."),
                        List.of(Call.JSON),
                        call -> print(call, call.await(call.service(Peers.class).add(call.peer(call.argument(0)))))),
                new Spec(
                        "peers-rm",
                        List.of(Arg.one("peer", Source.PEER)),
                        "Remove a peer from the cluster",
                        """
                        By id or name. Under raft the peer leaves the cluster and its daemon stops; it can be away. Under crdt \
                        there is no fixed membership: this is refused, and a peer that stops is forgotten when its metrics have \
                        expired.
                        """,
                        List.of("cluster:peers-rm 12D3KooW...", "cluster:peers rm peer3"),
                        List.of(),
                        PeerCommands::remove));
    }

    private static void list(Call call) {
        Call.Form<PeerInfo> form =
                new Call.Form<>(call.text()::peer, call.json()::peer, TableRows.PEER, TableRows::peer);
        call.list(call.service(Peers.class).list(), form);
    }

    private static void print(Call call, PeerInfo peer) {
        call.print(call.isJson() ? call.json().peer(peer) : call.text().peer(peer));
    }

    private static void remove(Call call) {
        PeerId peer = call.peer(call.argument(0));
        call.await(call.service(Peers.class).remove(peer));
    }
}
