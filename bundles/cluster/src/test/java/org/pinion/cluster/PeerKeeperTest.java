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
package org.pinion.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.cluster.Fakes.SELF;
import static org.pinion.cluster.Fakes.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.itests.testkit.fakes.ManualExecutors;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.PeerAddresses;

class PeerKeeperTest {
    @TempDir
    Path folder;

    private final ManualExecutors executors = new ManualExecutors();
    private final FakeHost host = new FakeHost();
    private final Set<PeerId> trusted = new HashSet<>();
    private Path file;
    private PeerKeeper keeper;

    @BeforeEach
    void open() {
        file = folder.resolve("peerstore");
        keeper = new PeerKeeper(host, file, 100, trusted::contains, executors);
        host.listen(keeper);
    }

    @Test
    void configuredPeersAreDialledFirstThenThoseOfTheFileInItsOrder() throws IOException {
        Files.writeString(
                file,
                "# comment\n" + at(5, 1) + "\n\nnot an address\n" + at(4, 1) + "\n/bad\n" + own() + "\n" + at(4, 2)
                        + "\n");
        keeper.start(List.of(Multiaddr.parse(at(9, 1))));

        assertThat(host.dialled).containsExactly(peer(9), peer(5), peer(4));
        assertThat(host.addresses(peer(4))).hasSize(2);
        assertThat(host.addresses).doesNotContainKey(SELF);
    }

    @Test
    void failedPeerIsDialledAgainWithGrowingPausesUpToABound() {
        keeper.start(List.of(Multiaddr.parse(at(9, 1))));
        executors.advance(Duration.ofSeconds(7));
        assertThat(host.dialled).hasSize(4);
        assertThat(PeerKeeper.pause(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(PeerKeeper.pause(3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(PeerKeeper.pause(50)).isEqualTo(PeerKeeper.LONGEST_PAUSE);

        host.reachable.add(peer(9));
        executors.advance(Duration.ofSeconds(8));
        assertThat(host.connections).containsKey(peer(9));
        executors.advance(Duration.ofMinutes(5));
        assertThat(host.dialled).hasSize(5);
    }

    @Test
    void lostPeerIsDialledAgain() {
        host.reachable.add(peer(9));
        keeper.start(List.of(Multiaddr.parse(at(9, 1))));
        host.lose(peer(9));
        executors.advance(Duration.ofSeconds(1));
        assertThat(host.connections).containsKey(peer(9));
    }

    @Test
    void peersKnownFromElsewhereAreTriedInRounds() {
        keeper.start(List.of());
        host.reachable.add(peer(7));
        host.addAddresses(peer(7), List.of(Multiaddr.parse("/ip4/10.0.0.7/tcp/1")), Duration.ofHours(1));
        assertThat(host.dialled).isEmpty();
        executors.advance(PeerKeeper.ROUND);
        assertThat(host.connections).containsKey(peer(7));
    }

    @Test
    void identifiedPeersAreWrittenToTheFile() throws IOException {
        Files.writeString(file, at(5, 1) + "\n");
        keeper.start(List.of());
        host.identify(peer(6), Multiaddr.parse("/ip4/10.0.0.6/tcp/2"), Multiaddr.parse("/ip4/10.0.0.6/tcp/1"));
        executors.advance(Duration.ofSeconds(2));
        assertThat(Files.readAllLines(file))
                .containsExactly("/ip4/10.0.0.6/tcp/1/p2p/" + peer(6), "/ip4/10.0.0.6/tcp/2/p2p/" + peer(6), at(5, 1));
        assertThat(Files.list(folder)).hasSize(1);
    }

    @Test
    void nothingKnownLeavesTheFileAlone() {
        keeper.start(List.of());
        keeper.close();
        assertThat(file).doesNotExist();
    }

    @Test
    void namesHideNumbersInTheFile() {
        PeerBook book = new PeerBook(SELF, peer -> false);
        book.add(Multiaddr.parse("/dns4/example.com/tcp/1/p2p/" + peer(2)), 1);
        book.replace(peer(2), List.of(Multiaddr.parse("/ip4/10.0.0.6/tcp/1")));
        assertThat(book.lines()).containsExactly("/dns4/example.com/tcp/1/p2p/" + peer(2));
        assertThat(book.addresses(peer(2))).hasSize(2);
    }

    @Test
    void trustedPeersComeFirstInTheFile() throws IOException {
        trusted.add(peer(7));
        keeper.start(List.of());
        host.identify(peer(6), Multiaddr.parse("/ip4/10.0.0.6/tcp/1"));
        host.identify(peer(7), Multiaddr.parse("/ip4/10.0.0.7/tcp/1"));
        keeper.close();
        assertThat(Files.readAllLines(file)).containsExactly(at(7, 1), at(6, 1));
    }

    @Test
    void whoeverMayBeAMemberIsWrittenAtTheEnd() throws IOException {
        keeper.start(List.of());
        host.identify(peer(6), Multiaddr.parse("/ip4/10.0.0.6/tcp/1"));
        host.addAddresses(peer(7), List.of(Multiaddr.parse("/ip4/10.0.0.7/tcp/1")), Duration.ofHours(1));
        executors.advance(Duration.ofSeconds(2));
        assertThat(Files.readAllLines(file)).containsExactly(at(6, 1));
        keeper.close();
        assertThat(Files.readAllLines(file)).containsExactly(at(6, 1), at(7, 1));
    }

    @Test
    void fileKeepsItsPermissionsAndItsPlaceBehindALink() throws IOException {
        Path real = folder.resolve("elsewhere");
        Files.writeString(real, at(5, 1) + "\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(file, real);
        keeper.start(List.of());
        host.identify(peer(6), Multiaddr.parse("/ip4/10.0.0.6/tcp/1"));
        keeper.close();
        assertThat(file).isSymbolicLink();
        assertThat(Files.readAllLines(real)).containsExactly(at(6, 1), at(5, 1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void peerBehindANameIsDialledOnceTheNameIsKnown() {
        keeper.start(List.of(Multiaddr.parse("/dnsaddr/example.com")));
        assertThat(host.dialled).isEmpty();
        host.names.put("/dnsaddr/example.com", List.of(Multiaddr.parse(at(9, 1))));
        executors.advance(Duration.ofSeconds(1));
        assertThat(host.dialled).containsExactly(peer(9));
    }

    @Test
    void connectionsOfTrustedMembersAreKeptWhileTheyAreTrusted() {
        keeper.start(List.of());
        trusted.add(peer(7));
        for (int number : List.of(6, 7)) {
            host.reachable.add(peer(number));
            host.connect(peer(number), List.of());
            host.identify(peer(number), Multiaddr.parse("/ip4/10.0.0.1/tcp/1"));
        }
        assertThat(host.protectedPeers).containsExactly(peer(7));
        trusted.remove(peer(7));
        trusted.add(peer(6));
        keeper.trustChanged();
        assertThat(host.protectedPeers).containsExactly(peer(6));
        host.lose(peer(6));
        assertThat(host.protectedPeers).isEmpty();
    }

    @Test
    void thoseWhoTrustEverybodyKeepNoMoreThanTheLowWaterMark() {
        keeper = new PeerKeeper(host, file, 2, peer -> true, executors);
        host.listen(keeper);
        for (int number = 3; number < 8; number++) {
            host.identify(peer(number), Multiaddr.parse("/ip4/10.0.0.1/tcp/1"));
        }
        assertThat(host.protectedPeers).hasSize(2);
    }

    @Test
    void peerWithAnotherSecretIsNamedUntilItConnects() {
        host.failure = new NetworkException(
                NetworkException.Reason.SECRET_DIFFERS, "handshake with " + peer(9) + " failed: secret differs");
        keeper.start(List.of(Multiaddr.parse(at(9, 1))));
        assertThat(keeper.strangers()).containsOnlyKeys(peer(9));
        assertThat(keeper.strangers().get(peer(9))).contains("secret differs; compare cluster.secret");
        host.reachable.add(peer(9));
        executors.advance(Duration.ofSeconds(1));
        assertThat(keeper.strangers()).isEmpty();
    }

    @Test
    void neighboursAreDialledAndStrangersAmongThemAreNoFault() {
        keeper.start(List.of());
        host.reachable.add(peer(7));
        keeper.found(new PeerAddresses(peer(7), List.of(Multiaddr.parse("/ip4/10.0.0.7/tcp/1"))));
        assertThat(host.connections).containsKey(peer(7));
        host.failure = new NetworkException(NetworkException.Reason.SECRET_DIFFERS, "secret differs");
        keeper.found(new PeerAddresses(peer(8), List.of(Multiaddr.parse("/ip4/10.0.0.8/tcp/1"))));
        assertThat(host.dialled).contains(peer(8));
        assertThat(keeper.strangers()).isEmpty();
    }

    private static String at(int number, int port) {
        PeerId peer = peer(number);
        return "/ip4/10.0.0." + number + "/tcp/" + port + "/p2p/" + peer;
    }

    private static String own() {
        return "/ip4/10.0.0.1/tcp/1/p2p/" + SELF;
    }
}
