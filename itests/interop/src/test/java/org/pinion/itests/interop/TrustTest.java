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
package org.pinion.itests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;

/**
 * A private cluster in which one peer of each kind trusts only the other of the two, and listens for WebSocket only; the
 * other two peers have RSA keys, trust everybody, and become followers later. One Kubo takes only TLS, the other only
 * Noise.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TrustTest {
    @TempDir
    static Path folder;

    private static MixedCluster cluster;
    private static List<Member> trusted;
    private static List<Member> others;

    @BeforeAll
    static void start() throws Exception {
        Binaries.kubo();
        Binaries.referenceService();
        Binaries.referenceCtl();
        cluster = new MixedCluster(folder, TestCluster.SECRET);
        KuboNode tls = cluster.kubo("kubo-tls", config -> security(config, "Noise"));
        KuboNode noise = cluster.kubo("kubo-noise", config -> security(config, "TLS"));
        trusted = List.of(cluster.theirs("go-trusted", tls, json -> {}), cluster.ours("our-trusted", json -> {}));
        others = List.of(cluster.theirs("go-other", noise, json -> {}), cluster.ours("our-other", json -> {}));
        for (Member member : trusted) {
            trustOnly(member, trusted);
            member.configure(json -> ((ObjectNode) json.get("cluster"))
                    .putArray("listen_multiaddress")
                    .add("/ip4/127.0.0.1/tcp/" + member.clusterPort() + "/ws"));
        }
        for (Member member : others) {
            RsaIdentity.writeTo(member.folder().resolve("identity.json"));
        }
        for (Member member : cluster.members()) {
            member.knows(cluster.members().stream()
                    .filter(other -> other != member)
                    .map(TrustTest::address)
                    .toList());
        }
        cluster.members().forEach(Member::start);
        tls.awaitReady();
        noise.awaitReady();
        cluster.awaitWhole();
        cluster.connectIpfsOf(cluster.member("our-trusted"));
        cluster.connectIpfsOf(cluster.member("our-other"));
    }

    private static void security(ObjectNode config, String without) {
        config.withObject("/Swarm/Transports/Security").put(without, false);
    }

    private static String address(Member member) {
        return trusted.contains(member)
                ? member.clusterAddress().replace("/p2p/", "/ws/p2p/")
                : member.clusterAddress();
    }

    @AfterAll
    static void end() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void blocksTravelOverTlsAndOverNoise() {
        assertThat(others).allMatch(member -> member.id().startsWith("Qm"));
        for (int i = 0; i < 2; i++) {
            KuboNode from = cluster.kubos().get(i);
            KuboNode to = cluster.kubos().get(1 - i);
            // The two Kubo daemons have no secure channel in common: everything goes through ours.
            String cid = from.add("through ours " + i);
            trusted.get(i).theirCtl("pin", "add", "--ns", cid).expectSuccess();
            cluster.awaitStatus(cid, trusted, cluster.members(), "pinned");
            assertThat(to.has(cid)).isTrue();
            assertThat(from.ipfs("swarm", "peers")).doesNotContain(to.peerId());
        }
        cluster.unpinAll(trusted.get(1));
    }

    @Test
    @Order(2)
    void pinsOfUntrustedPeersAreTakenByNeitherKind() throws Exception {
        for (Member author : others) {
            pin(author, "by untrusted " + author.name());
        }
        cluster.awaitSamePinsets(2, others);
        for (Member author : trusted) {
            pin(author, "by trusted " + author.name());
        }
        cluster.awaitSamePinsets(4, others);
        cluster.awaitSamePinsets(2, trusted);
        // What an untrusted peer writes onto a head of trusted ones stays out as well.
        pin(others.get(0), "by untrusted on top");
        pin(others.get(1), "by untrusted on top too");
        cluster.awaitSamePinsets(6, others);
        pin(trusted.get(0), "by trusted at last");
        cluster.awaitSamePinsets(7, others);
        assertThat(cluster.awaitSamePinsets(3, trusted).values())
                .allMatch(pin -> pin.path("name").asText().startsWith("by trusted"));
    }

    @Test
    @Order(3)
    void onlyTrustedPeersGetStatuses() throws Exception {
        String cid = InlineCids.of("by trusted go-trusted");
        cluster.awaitStatus(cid, trusted, cluster.members(), "pinned");
        for (Member asked : others) {
            Set<String> answered = new TreeSet<>();
            asked.json("/pins/" + cid).path("peer_map").fieldNames().forEachRemaining(answered::add);
            assertThat(answered)
                    .as(asked.name())
                    .containsExactlyInAnyOrderElementsOf(
                            others.stream().map(Member::id).toList());
        }
    }

    @Test
    @Order(4)
    void followersOfEitherKindTakePinsAndWriteNone() throws Exception {
        for (Member follower : others) {
            follower.stop();
            follower.configure(json -> ((ObjectNode) json.get("cluster")).put("follower_mode", true));
            trustOnly(follower, trusted);
            follower.start();
        }
        cluster.awaitWhole();
        pin(trusted.get(1), "for followers");
        String cid = InlineCids.of("for followers");
        cluster.awaitInPinset(cid, cluster.members());
        cluster.awaitStatus(cid, trusted, cluster.members(), "pinned");
        for (String line : List.of(
                "pin add " + InlineCids.of("refused"),
                "pin rm " + cid,
                "pin update " + cid + " " + InlineCids.of("refused"),
                "add " + folder.resolve("kubo-tls/output.log"))) {
            Program.Result theirs = others.get(0).theirCtl(line.split(" "));
            Program.Result ours = others.get(1).theirCtl(line.split(" "));
            assertThat(theirs.out()).contains("follower mode");
            assertThat(ours.out()).isEqualTo(theirs.out());
            assertThat(ours.exitCode()).isEqualTo(theirs.exitCode());
        }
        for (Member follower : others) {
            JsonNode status = follower.json("/pins/" + cid).path("peer_map");
            assertThat(status).as(follower.name()).hasSize(1);
            assertThat(status.path(follower.id()).path("status").asText()).isEqualTo("pinned");
            assertThat(follower.jsonLines("/pins"))
                    .allMatch(pin -> pin.path("peer_map").size() == 1);
        }
        cluster.awaitWhole();
    }

    private static void trustOnly(Member member, List<Member> whom) {
        member.configure(json -> {
            ArrayNode list = ((ObjectNode) json.at("/consensus/crdt")).putArray("trusted_peers");
            whom.forEach(each -> list.add(each.id()));
        });
    }

    private static void pin(Member member, String text) throws Exception {
        String path = "/pins/" + InlineCids.of(text) + "?name=" + text.replace(' ', '+');
        assertThat(member.post(path).status()).isEqualTo(200);
    }
}
