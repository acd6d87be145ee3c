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
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Links;
import org.pinion.itests.testkit.TestCluster;

/** Two peers of each kind whose connections can be cut: each is reached, and announces itself, through a relay. */
class PartitionTest {
    /** Every peer talks to its neighbours only, and kinds alternate. */
    private static final List<String> CHAIN = List.of("go-0", "our0", "go-1", "our1");

    @TempDir
    static Path folder;

    private static Links links;
    private static MixedCluster cluster;

    @BeforeAll
    static void start() {
        Binaries.kubo();
        Binaries.referenceService();
        Binaries.referenceCtl();
        links = new Links();
        cluster = new MixedCluster(folder, TestCluster.SECRET);
        KuboNode kubo = cluster.kubo("kubo", config -> {});
        for (int i = 0; i < 2; i++) {
            cluster.theirs("go-" + i, kubo, json -> {});
            cluster.ours("our" + i, json -> {});
        }
        Map<String, String> addresses = new HashMap<>();
        for (Member member : cluster.members()) {
            int port = links.inFrontOf(member.name(), member.clusterPort());
            links.process(member.name(), member::pid);
            addresses.put(member.name(), "/ip4/127.0.0.1/tcp/" + port);
            member.configure(json -> ((ObjectNode) json.get("cluster"))
                    .putArray("announce_multiaddress")
                    .add(addresses.get(member.name())));
        }
        for (Member member : cluster.members()) {
            member.knows(cluster.members().stream()
                    .filter(other -> other != member)
                    .map(other -> addresses.get(other.name()) + "/p2p/" + other.id())
                    .toList());
        }
        cluster.start();
    }

    @AfterAll
    static void end() {
        if (cluster != null) {
            cluster.close();
            links.close();
        }
    }

    @AfterEach
    void heal() {
        links.allow((from, to) -> true);
        cluster.awaitWhole();
        cluster.unpinAll(cluster.member("our0"));
    }

    @Test
    void bothSidesOfAPartitionGoOnAndAreOneWhenItHeals() throws Exception {
        List<Member> left = List.of(cluster.member("go-0"), cluster.member("our0"));
        List<Member> right = List.of(cluster.member("go-1"), cluster.member("our1"));
        String removedLeft = InlineCids.of("removed left");
        String removedRight = InlineCids.of("removed right");
        pin(left.get(0), removedLeft);
        pin(right.get(1), removedRight);
        cluster.awaitSamePinsets(2, cluster.members());

        links.allow((from, to) -> sameSide(from, to));
        cluster.awaitEachSees(left, left);
        cluster.awaitEachSees(right, right);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (Member member : cluster.members()) {
                String cid = InlineCids.of("by " + member.name() + " alone " + i);
                pin(member, cid);
                expected.add(cid);
            }
        }
        String contended = InlineCids.of("written on both sides");
        for (Member member : cluster.members()) {
            pin(member, contended);
        }
        expected.add(contended);
        assertThat(left.get(1).delete("/pins/" + removedLeft).status()).isEqualTo(200);
        assertThat(right.get(0).delete("/pins/" + removedRight).status()).isEqualTo(200);
        cluster.awaitSamePinsets(42, left);
        cluster.awaitSamePinsets(42, right);

        links.allow((from, to) -> true);
        Map<String, JsonNode> pins = cluster.awaitSamePinsets(expected.size(), cluster.members());
        assertThat(pins.keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void pinsAndMetricsTravelOverThreeHopsOfAlternatingKinds() throws Exception {
        BiPredicate<String, String> neighbours =
                (from, to) -> Math.abs(CHAIN.indexOf(from) - CHAIN.indexOf(to)) == 1 && CHAIN.contains(from);
        links.allow(neighbours);
        Member first = cluster.member(CHAIN.get(0));
        Member last = cluster.member(CHAIN.get(3));
        pin(first, InlineCids.of("from one end"));
        pin(last, InlineCids.of("from the other end"));
        cluster.awaitSamePinsets(2, cluster.members());
        cluster.awaitMetrics(cluster.members(), cluster.members(), "ping", "freespace");
        assertThat(errorOf(last, first)).isNotEmpty();
        assertThat(errorOf(first, last)).isNotEmpty();
    }

    /** Why {@code asked} cannot call a peer that it hears of. */
    private static String errorOf(Member peer, Member asked) throws Exception {
        return asked.jsonLines("/peers").stream()
                .filter(each -> each.path("id").asText().equals(peer.id()))
                .map(each -> each.path("error").asText())
                .findFirst()
                .orElse("");
    }

    private static boolean sameSide(String from, String to) {
        return from.substring(from.length() - 1).equals(to.substring(to.length() - 1)) && CHAIN.contains(from);
    }

    private static void pin(Member member, String cid) throws Exception {
        assertThat(member.post("/pins/" + cid + "?name=" + member.name()).status())
                .isEqualTo(200);
    }
}
