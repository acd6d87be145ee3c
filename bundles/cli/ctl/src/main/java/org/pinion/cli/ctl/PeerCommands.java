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
package org.pinion.cli.ctl;

import java.util.List;
import java.util.Map;
import org.pinion.client.TableRows;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerInfo;

/** Identity, version, membership. */
final class PeerCommands {
    private PeerCommands() {}

    static List<Command> all() {
        return List.of(
                new Command("id", "", "Show the identity of the peer", List.of(), PeerCommands::id),
                new Command("version", "", "Show the version of the peer", List.of(), PeerCommands::version),
                new Command(
                        "peers ls",
                        "",
                        "List all peers",
                        """
                        Asks every peer of the cluster who it is and prints the answers as they come. Peers that do not answer \
                        are shown with the reason, and come last.
                        """,
                        Listing.options("id, name, version"),
                        PeerCommands::list),
                new Command(
                        "peers rm",
                        "<peer ID>",
                        "Remove a peer from the cluster",
                        """
                        Under raft the peer leaves the cluster and its daemon stops; it can be away. Under crdt there is no fixed \
                        membership: the API refuses, and a peer that stops is forgotten when its metrics have expired.
                        """,
                        List.of(),
                        PeerCommands::remove));
    }

    private static void id(Call call) {
        print(call, call.client().id());
    }

    private static void list(Call call) {
        listing(call).show(call, call.client().peers());
    }

    private static Listing<PeerInfo> listing(Call call) {
        return new Listing<>(
                call.text()::peer,
                call.jsonText()::peer,
                call.jsonText()::peer,
                TableRows.PEER,
                TableRows::peer,
                Map.of("id", peer -> peer.id().toString(), "name", PeerInfo::peername, "version", PeerInfo::version));
    }

    private static void print(Call call, PeerInfo peer) {
        call.print(call.json() ? call.jsonText().peer(peer) : call.text().peer(peer));
    }

    private static void version(Call call) {
        String version = call.client().version();
        call.print(call.json() ? call.jsonText().version(version) : version + "\n");
    }

    private static void remove(Call call) {
        PeerId peer = Call.peer(call.argument(0), "parsing peer ID");
        call.client().removePeer(peer);
    }
}
