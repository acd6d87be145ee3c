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
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Program;

/** What happens to pins, whichever kind of peer they come from. */
@ExtendWith(SharedCluster.class)
class MixedClusterTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void onlyTheVersionTellsWhichPeerIsWhich() throws Exception {
        for (Member asked : SharedCluster.all()) {
            Set<String> shapes = new TreeSet<>();
            Set<String> versions = new TreeSet<>();
            for (JsonNode peer : asked.jsonLines("/peers")) {
                List<String> fields = new ArrayList<>();
                peer.fieldNames().forEachRemaining(fields::add);
                shapes.add(fields
                        + peer.path("rpc_protocol_version").asText()
                        + peer.path("cluster_peers").size()
                        + peer.path("addresses").size());
                versions.add(peer.path("version").asText());
            }
            assertThat(shapes).hasSize(1);
            assertThat(versions).hasSize(2).contains("1.1.6").allMatch(version -> version.startsWith("1.1.6"));
        }
    }

    @Test
    void pinsOfEitherKindArriveWithAllTheirOptions() throws Exception {
        for (Member writer : SharedCluster.oneOfEach()) {
            String cid = SharedCluster.kubo(0).add("options by " + writer.name());
            OffsetDateTime before = OffsetDateTime.now().minusSeconds(2);
            theirsAndOurs(writer)
                    .run("pin", "add", "--ns", "--name", "a näme", "--metadata", "kind=text", "--metadata", "b=c d")
                    .with("--expire-in", "1h", "--rmin", "2", "--rmax", "3", cid);
            JsonNode pin = awaitOnePin(cid);
            assertThat(pin.path("name").asText()).isEqualTo("a näme");
            assertThat(pin.path("metadata").path("kind").asText()).isEqualTo("text");
            assertThat(pin.path("metadata").path("b").asText()).isEqualTo("c d");
            assertThat(pin.path("replication_factor_min").asInt()).isEqualTo(2);
            assertThat(pin.path("replication_factor_max").asInt()).isEqualTo(3);
            assertThat(pin.path("allocations")).hasSize(3);
            assertThat(OffsetDateTime.parse(pin.path("expire_at").asText()))
                    .isBetween(before.plus(HOUR), OffsetDateTime.now().plus(HOUR));
            unpin(writer, cid);
        }
    }

    @Test
    void whatOneKindPinsTheOtherFetchesAndUnpins() {
        for (Member writer : SharedCluster.oneOfEach()) {
            Member other = SharedCluster.other(writer);
            String cid = SharedCluster.kubo(0).add("fetched by all, pinned by " + writer.name());
            writer.theirCtl("pin", "add", "--ns", cid).expectSuccess();
            SharedCluster.cluster().awaitPinnedEverywhere(cid);
            for (int i = 0; i < 2; i++) {
                assertThat(SharedCluster.kubo(i).ipfs("pin", "ls", "--type=recursive", cid))
                        .contains(cid);
            }
            unpin(other, cid);
            awaitKuboPins("", cid);
        }
    }

    @Test
    void directPinsAreDirectOnBothKinds() {
        for (Member writer : SharedCluster.oneOfEach()) {
            String cid = SharedCluster.kubo(1).add("direct by " + writer.name());
            writer.ourCtl("pin", "add", "--mode", "direct", "--ns", cid).expectSuccess();
            SharedCluster.cluster().awaitPinnedEverywhere(cid);
            assertThat(awaitOnePin(cid).path("mode").asText()).isEqualTo("direct");
            awaitKuboPins("direct", cid);
            unpin(writer, cid);
        }
    }

    @Test
    void updatesOfEitherKindTakeTheOldPinsOptions() {
        for (Member writer : SharedCluster.oneOfEach()) {
            Member other = SharedCluster.other(writer);
            String old = SharedCluster.kubo(0).add("old by " + writer.name());
            String fresh = SharedCluster.kubo(0).add("new by " + writer.name());
            writer.theirCtl("pin", "add", "--ns", "--name", "old", "--rmin", "2", "--rmax", "2", old)
                    .expectSuccess();
            JsonNode before = awaitOnePin(old);
            other.theirCtl("pin", "update", "--ns", "--name", "new", old, fresh).expectSuccess();
            SharedCluster.cluster().awaitInPinset(fresh, SharedCluster.all());
            JsonNode pin = SharedCluster.cluster()
                    .awaitSamePinsets(2, SharedCluster.all())
                    .get(fresh);
            assertThat(pin.path("name").asText()).isEqualTo("new");
            assertThat(pin.path("pin_update").asText()).isEqualTo(old);
            assertThat(pin.path("allocations")).isEqualTo(before.path("allocations"));
            SharedCluster.cluster().awaitStatus(fresh, SharedCluster.all(), SharedCluster.allocated(pin), "pinned");
            unpin(writer, old);
            unpin(other, fresh);
        }
    }

    @Test
    void expiredPinsGoEverywhere() {
        for (Member writer : SharedCluster.oneOfEach()) {
            String cid = SharedCluster.kubo(0).add("soon over, by " + writer.name());
            writer.theirCtl("pin", "add", "--ns", "--expire-in", "3s", cid).expectSuccess();
            SharedCluster.cluster().awaitInPinset(cid, List.of(writer));
            SharedCluster.cluster().awaitGone(cid);
            awaitKuboPins("", cid);
        }
    }

    @Test
    void whatFailedOnBothKindsIsRecoveredFromEither() throws Exception {
        List<String> texts = List.of("recovered by them", "recovered by us", "recovered with all others");
        List<String> cids = new ArrayList<>();
        for (String text : texts) {
            String cid = SharedCluster.kubo(0).add(text);
            SharedCluster.kubo(0).ipfs("block", "rm", cid);
            SharedCluster.our(1).theirCtl("pin", "add", "--ns", cid).expectSuccess();
            cids.add(cid);
        }
        for (String cid : cids) {
            SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), SharedCluster.all(), "pin_error");
        }
        assertThat(SharedCluster.kubo(0).add(texts.get(0))).isEqualTo(cids.get(0));
        assertThat(SharedCluster.kubo(0).add(texts.get(1))).isEqualTo(cids.get(1));
        namesAll(SharedCluster.go(0).theirCtl("--enc=json", "recover", cids.get(0)), cids.get(0));
        namesAll(SharedCluster.our(0).theirCtl("--enc=json", "recover", cids.get(1)), cids.get(1));
        SharedCluster.cluster().awaitPinnedEverywhere(cids.get(0));
        SharedCluster.cluster().awaitPinnedEverywhere(cids.get(1));

        String last = cids.get(2);
        namesAll(SharedCluster.go(1).theirCtl("--enc=json", "recover"), last);
        SharedCluster.cluster().awaitStatus(last, SharedCluster.all(), SharedCluster.all(), "pin_error");
        assertThat(SharedCluster.kubo(0).add(texts.get(2))).isEqualTo(last);
        namesAll(SharedCluster.our(1).theirCtl("--enc=json", "recover"), last);
        SharedCluster.cluster().awaitPinnedEverywhere(last);
    }

    /** Checks that an answer is about one CID only, on all peers. */
    private static void namesAll(Program.Result result, String cid) throws IOException {
        JsonNode answer = Member.JSON.readTree(result.expectSuccess());
        assertThat(answer.path("cid").asText()).isEqualTo(cid);
        Set<String> peers = new TreeSet<>();
        answer.path("peer_map").fieldNames().forEachRemaining(peers::add);
        assertThat(peers)
                .containsExactlyInAnyOrderElementsOf(
                        SharedCluster.all().stream().map(Member::id).toList());
    }

    @Test
    void garbageIsCollectedOnAllFromEither() throws Exception {
        for (Member asked : SharedCluster.oneOfEach()) {
            List<String> garbage = new ArrayList<>();
            String cid = SharedCluster.kubo(0).add("garbage after " + asked.name());
            asked.theirCtl("pin", "add", "--ns", cid).expectSuccess();
            SharedCluster.cluster().awaitPinnedEverywhere(cid);
            unpin(asked, cid);
            awaitKuboPins("", cid);
            Await.until(
                    "garbage of " + asked.name() + " is collected on all",
                    MixedCluster.LIMIT,
                    () -> {
                        JsonNode collected = Member.JSON
                                .readTree(asked.post("/ipfs/gc").body())
                                .path("peer_map");
                        for (Member each : SharedCluster.all()) {
                            JsonNode peer = collected.path(each.id());
                            assertThat(peer.path("peername").asText()).isEqualTo(each.name());
                            for (JsonNode key : peer.path("keys")) {
                                garbage.add(each.name() + key.path("key").asText());
                            }
                        }
                        return garbage.size() >= SharedCluster.all().size() ? "" : garbage.toString();
                    },
                    SharedCluster.cluster()::logs);
            assertThat(SharedCluster.kubo(0).has(cid)).isFalse();
            assertThat(SharedCluster.kubo(1).has(cid)).isFalse();
        }
    }

    private static JsonNode awaitOnePin(String cid) {
        SharedCluster.cluster().awaitInPinset(cid, SharedCluster.all());
        JsonNode pin =
                SharedCluster.cluster().awaitSamePinsets(1, SharedCluster.all()).get(cid);
        assertThat(pin).isInstanceOf(ObjectNode.class);
        return pin;
    }

    private static void unpin(Member by, String cid) {
        by.theirCtl("pin", "rm", "--ns", cid).expectSuccess();
        SharedCluster.cluster().awaitGone(cid);
    }

    /** Waits until both Kubo daemons hold a CID as {@code type} says; the empty type means not at all. */
    private static void awaitKuboPins(String type, String cid) {
        for (int i = 0; i < 2; i++) {
            KuboNode kubo = SharedCluster.kubo(i);
            Await.until(
                    cid + " is " + (type.isEmpty() ? "not pinned" : type) + " in Kubo",
                    MixedCluster.LIMIT,
                    () -> {
                        String pins = kubo.ipfs("pin", "ls", "--type=all");
                        boolean asWished = type.isEmpty() ? !pins.contains(cid) : pins.contains(cid + " " + type);
                        return asWished ? "" : pins;
                    },
                    SharedCluster.cluster()::logs);
        }
    }

    /** Runs the same command by both ctl programs: the second pin is the same again. */
    private static Both theirsAndOurs(Member member) {
        return new Both(member, List.of());
    }

    private record Both(Member member, List<String> arguments) {
        Both run(String... first) {
            return new Both(member, List.of(first));
        }

        void with(String... rest) {
            List<String> whole = new ArrayList<>(arguments);
            whole.addAll(List.of(rest));
            member.theirCtl(whole.toArray(String[]::new)).expectSuccess();
            member.ourCtl(whole.toArray(String[]::new)).expectSuccess();
        }
    }
}
