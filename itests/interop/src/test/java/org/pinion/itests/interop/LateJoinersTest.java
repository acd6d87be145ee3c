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
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pinion.itests.testkit.Await;

/**
 * Peers of both kinds that come late and crash. Before the tests that write much: one of the reference walks the whole
 * history block after block, and where branches with removals are merged at once it may keep a removed pin.
 */
@ExtendWith(SharedCluster.class)
@Order(2)
class LateJoinersTest {
    @Test
    void lateJoinersOfEachKindGetEverythingAndAreMissedWhenTheyGo() throws Exception {
        String early = SharedCluster.kubo(0).add("pinned early");
        pin(SharedCluster.go(0), early);
        List<String> cids = new ArrayList<>(List.of(early));
        for (int i = 0; i < 100; i++) {
            String cid = InlineCids.of("early " + i);
            pin(SharedCluster.all().get(i % 4), cid);
            cids.add(cid);
        }
        List<Member> old = SharedCluster.all();
        Member theirs = SharedCluster.cluster()
                .theirs("late-go", SharedCluster.kubo(0), json -> SharedCluster.settings(json, "north"));
        Member ours = SharedCluster.cluster().ours("late-our", json -> SharedCluster.settings(json, "north"));
        // All addresses: on loopback, peers of the reference do not believe those that others tell.
        theirs.knows(old.stream().map(Member::clusterAddress).toList());
        ours.knows(SharedCluster.all().stream()
                .filter(each -> each != ours)
                .map(Member::clusterAddress)
                .toList());
        theirs.start();
        ours.start();
        try {
            SharedCluster.cluster().awaitEachSees(old, SharedCluster.all());
            SharedCluster.cluster().awaitSamePinsets(cids.size(), SharedCluster.all());
            SharedCluster.cluster().connectIpfsOf(ours);
            SharedCluster.cluster().awaitStatus(early, old, SharedCluster.all(), "pinned");
            // One after the other: who takes the copy is the closest peer, and that may be one that just went too.
            awaitRepinned(theirs);
            SharedCluster.cluster().forget(theirs);
            awaitRepinned(ours);
        } finally {
            SharedCluster.cluster().forget(theirs);
            SharedCluster.cluster().forget(ours);
        }
        SharedCluster.cluster().awaitWhole();
    }

    /** A pin whose only copy is on a late one that then crashes: all tell an alert, and another takes the copy. */
    private static void awaitRepinned(Member late) throws Exception {
        SharedCluster.cluster().awaitMetrics(SharedCluster.all(), SharedCluster.all(), SharedCluster.METRICS);
        String cid = InlineCids.of("only on " + late.name());
        Member writer = late instanceof OurPeer ? SharedCluster.go(0) : SharedCluster.our(0);
        writer.theirCtl("pin", "add", "--ns", "-r", "1", "--allocations", late.id(), cid)
                .expectSuccess();
        SharedCluster.cluster().awaitPin(cid, pin -> isOn(pin, List.of(late)));
        late.kill();
        List<Member> left =
                SharedCluster.all().stream().filter(each -> each != late).toList();
        SharedCluster.cluster().awaitEachSees(left, left);
        for (Member each : left) {
            Await.until(
                    each.name() + " has an alert about " + late.name(),
                    MixedCluster.LIMIT,
                    () -> {
                        String alerts = each.theirCtl("health", "alerts").expectSuccess();
                        return alerts.contains(late.id() + ": ping. Expired at: ") ? "" : alerts;
                    },
                    SharedCluster.cluster()::logs);
            Await.until(
                    cid + " has another holder, says " + each.name(),
                    MixedCluster.LIMIT,
                    () -> {
                        JsonNode pin = each.json("/allocations/" + cid);
                        return isOn(pin, left) ? "" : pin.toString();
                    },
                    SharedCluster.cluster()::logs);
        }
        assertThat(left.stream().flatMap(each -> alertShapes(each).stream()).distinct())
                .hasSize(1);
    }

    /** Whether a pin's only holder is one of these. */
    private static boolean isOn(JsonNode pin, List<Member> members) {
        String holder = pin.path("allocations").path(0).asText();
        return pin.path("allocations").size() == 1
                && members.stream().anyMatch(member -> member.id().equals(holder));
    }

    private static List<String> alertShapes(Member member) {
        try {
            List<String> shapes = new ArrayList<>();
            for (JsonNode alert : member.json("/health/alerts")) {
                List<String> fields = new ArrayList<>();
                alert.fieldNames().forEachRemaining(fields::add);
                shapes.add(fields.toString());
            }
            return shapes;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static void pin(Member member, String cid) throws IOException, InterruptedException {
        assertThat(member.post("/pins/" + cid).status()).isEqualTo(200);
    }
}
