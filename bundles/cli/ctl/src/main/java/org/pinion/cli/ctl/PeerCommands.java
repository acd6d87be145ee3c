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
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerInfo;

/** Identity, version, membership. */
final class PeerCommands {
    private PeerCommands() {}

    static List<Command> all() {
        return List.of(
                new Command("id", "", "Show the identity of the peer", List.of(), PeerCommands::id),
                new Command("version", "", "Show the version of the peer", List.of(), PeerCommands::version),
                new Command("peers ls", "", "List all peers", List.of(), PeerCommands::list),
                new Command(
                        "peers rm", "<peer ID>", "Remove a peer from the cluster", List.of(), PeerCommands::remove));
    }

    private static void id(Call call) {
        print(call, call.client().id());
    }

    private static void list(Call call) {
        call.client().peers(peer -> print(call, peer));
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
