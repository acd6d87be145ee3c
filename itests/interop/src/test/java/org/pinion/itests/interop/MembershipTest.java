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
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;

/** Peers of both kinds that come, go, crash and return, while the others go on. */
@ExtendWith(SharedCluster.class)
class MembershipTest {
    private static final int PINS = 1000;
    private static final int CLIENTS_PER_PEER = 4;

    @Test
    void aThousandConcurrentPinsFromAllEndInEqualPinSets() throws Exception {
        List<String> cids = new ArrayList<>();
        for (int i = 0; i < PINS; i++) {
            cids.add(InlineCids.of("concurrent " + i));
        }
        spread(cids, 0, (member, cid) -> {
            assertThat(member.post("/pins/" + cid + "?name=" + member.name()).status())
                    .isEqualTo(200);
        });
        Map<String, JsonNode> pins = SharedCluster.cluster().awaitSamePinsets(PINS, SharedCluster.all());
        assertThat(pins.keySet()).containsExactlyInAnyOrderElementsOf(cids);
        for (Member member : SharedCluster.all()) {
            assertThat(pins.values().stream()
                            .filter(pin -> pin.path("name").asText().equals(member.name())))
                    .hasSize(PINS / SharedCluster.all().size());
        }
        awaitNothingButPinned();
        spread(cids, 1, (member, cid) -> {
            assertThat(member.delete("/pins/" + cid).status()).isEqualTo(200);
        });
        SharedCluster.cluster().awaitSamePinsets(0, SharedCluster.all());
    }

    @Test
    void pinsThatAllWriteAtOnceEndEqual() throws Exception {
        List<String> cids = new ArrayList<>();
        List<String> writes = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            cids.add(InlineCids.of("contended " + i));
            writes.addAll(Collections.nCopies(SharedCluster.all().size(), cids.get(i)));
        }
        spread(writes, 0, (member, cid) -> {
            assertThat(member.post("/pins/" + cid + "?name=" + member.name()).status())
                    .isEqualTo(200);
        });
        SharedCluster.cluster().awaitSamePinsets(cids.size(), SharedCluster.all());
    }

    @Test
    void aRestartedPeerOfTheReferenceCatchesUp() throws Exception {
        Member restarted = SharedCluster.go(1);
        Member writer = SharedCluster.our(0);
        String kept = SharedCluster.kubo(0).add("kept meanwhile");
        String gone = SharedCluster.kubo(0).add("gone meanwhile");
        pin(restarted, kept);
        pin(restarted, gone);
        SharedCluster.cluster().awaitPinnedEverywhere(kept);
        SharedCluster.cluster().awaitPinnedEverywhere(gone);
        restarted.stop();
        catchesUp(restarted, writer, kept, gone);
    }

    private static void catchesUp(Member restarted, Member writer, String kept, String gone) throws Exception {
        String fresh = SharedCluster.kubo(0).add("new while " + restarted.name() + " is away");
        pin(writer, fresh);
        assertThat(writer.delete("/pins/" + gone).status()).isEqualTo(200);
        restarted.start();
        SharedCluster.cluster().awaitWhole();
        SharedCluster.cluster().connectIpfsOf(restarted);
        SharedCluster.cluster().awaitGone(gone);
        SharedCluster.cluster().awaitPinnedEverywhere(fresh);
        SharedCluster.cluster().awaitPinnedEverywhere(kept);
    }

    @Test
    void aKilledPeerOfOursLosesNothingAcknowledgedAndCatchesUp() throws Exception {
        Member killed = SharedCluster.our(0);
        List<String> acknowledged = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String cid = InlineCids.of("before the kill " + i);
            pin(killed, cid);
            acknowledged.add(cid);
        }
        SharedCluster.cluster().awaitInPinset(acknowledged.get(1), List.of(SharedCluster.go(1)));
        for (int i = 50; i < 60; i++) {
            String cid = InlineCids.of("just before the kill " + i);
            pin(killed, cid);
            acknowledged.add(cid);
        }
        killed.kill();
        for (int i = 0; i < 50; i++) {
            String cid = InlineCids.of("after the kill " + i);
            pin(SharedCluster.go(0), cid);
            acknowledged.add(cid);
        }
        catchesUp(killed, SharedCluster.go(1), acknowledged.get(0), acknowledged.remove(1));
        acknowledged.add(SharedCluster.kubo(0).add("new while " + killed.name() + " is away"));
        Map<String, JsonNode> pins = SharedCluster.cluster().awaitSamePinsets(acknowledged.size(), SharedCluster.all());
        assertThat(pins.keySet()).containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    @Test
    void peersOfBothKindsThatHangAreMissedAndCatchUp() throws Exception {
        List<Member> hanging = List.of(SharedCluster.go(1), SharedCluster.our(1));
        List<Member> left = SharedCluster.oneOfEach();
        hanging.forEach(each -> Program.signal("STOP", each.pid()));
        try {
            for (Member each : left) {
                Await.until(
                        each.name() + " misses both",
                        MixedCluster.LIMIT,
                        () -> {
                            // Not the list of peers: it would wait for those that hang.
                            String pings = each.get("/monitor/metrics/ping").body();
                            return hanging.stream().noneMatch(one -> pings.contains(one.id())) ? "" : pings;
                        },
                        SharedCluster.cluster()::logs);
                for (int i = 0; i < 10; i++) {
                    pin(each, InlineCids.of("while others hang, by " + each.name() + " " + i));
                }
            }
            SharedCluster.cluster().awaitSamePinsets(20, left);
        } finally {
            hanging.forEach(each -> Program.signal("CONT", each.pid()));
        }
        SharedCluster.cluster().awaitWhole();
        SharedCluster.cluster().awaitSamePinsets(20, SharedCluster.all());
    }

    private static void pin(Member member, String cid) throws IOException, InterruptedException {
        assertThat(member.post("/pins/" + cid).status()).isEqualTo(200);
    }

    /** What one client does for one CID. */
    private interface Work {
        void run(Member member, String cid) throws IOException, InterruptedException;
    }

    /** Several clients at every peer at once, each CID by one of them; {@code shift} turns who does which. */
    private static void spread(List<String> cids, int shift, Work work) throws Exception {
        List<Member> members = SharedCluster.all();
        int clients = members.size() * CLIENTS_PER_PEER;
        ExecutorService workers = Executors.newFixedThreadPool(clients);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int first = client;
                Callable<Integer> all = () -> {
                    for (int i = first; i < cids.size(); i += clients) {
                        work.run(members.get((i + shift) % members.size()), cids.get(i));
                    }
                    return first;
                };
                results.add(workers.submit(all));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private static void awaitNothingButPinned() {
        for (Member each : SharedCluster.oneOfEach()) {
            Await.until(
                    "all is pinned, says " + each.name(),
                    MixedCluster.LIMIT,
                    () -> {
                        String others = each.get("/pins?filter=pin_queued,pinning,pin_error,unexpectedly_unpinned")
                                .body();
                        return others.isBlank() ? "" : others.substring(0, Math.min(500, others.length()));
                    },
                    SharedCluster.cluster()::logs);
        }
    }
}
