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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gets a pin is decided alike by both kinds, and honoured by both. */
@ExtendWith(SharedCluster.class)
class AllocationTest {
    @Test
    void twoCopiesGoToOnePeerOfEachRegion() {
        for (Member writer : SharedCluster.oneOfEach()) {
            for (int i = 0; i < 3; i++) {
                String cid = SharedCluster.kubo(0).add("two copies by " + writer.name() + " " + i);
                writer.theirCtl("pin", "add", "--ns", "--rmin", "2", "--rmax", "2", cid)
                        .expectSuccess();
                List<Member> holders = awaitHolders(cid, 1);
                assertThat(holders.stream().map(each -> each.name().substring(3)))
                        .containsExactlyInAnyOrder("0", "1");
                SharedCluster.cluster().unpinAll(writer);
            }
        }
    }

    @Test
    void wishedAllocationsAreHonouredByBothKinds() {
        for (Member writer : SharedCluster.oneOfEach()) {
            for (List<Member> wished : List.of(
                    List.of(SharedCluster.go(1), SharedCluster.our(1)),
                    List.of(SharedCluster.go(0), SharedCluster.go(1)),
                    List.of(SharedCluster.our(0), SharedCluster.our(1)))) {
                String cid = SharedCluster.kubo(0)
                        .add("wished by " + writer.name() + wished.get(0).name()
                                + wished.get(1).name());
                writer.ourCtl(
                                "pin",
                                "add",
                                "--ns",
                                "--rmin",
                                "2",
                                "--rmax",
                                "2",
                                "--allocations",
                                wished.get(0).id() + "," + wished.get(1).id(),
                                cid)
                        .expectSuccess();
                assertThat(awaitHolders(cid, 1)).containsExactlyInAnyOrderElementsOf(wished);
                SharedCluster.cluster().unpinAll(writer);
            }
        }
    }

    @Test
    void fewerAndMoreCopiesAreMadeByTheOtherKind() {
        String cid = SharedCluster.kubo(1).add("three, then one, then everywhere");
        SharedCluster.go(0)
                .theirCtl("pin", "add", "--ns", "--rmin", "3", "--rmax", "3", cid)
                .expectSuccess();
        List<Member> three = awaitHolders(cid, 1);
        assertThat(three).hasSize(3);
        SharedCluster.our(0)
                .theirCtl("pin", "add", "--ns", "--rmin", "1", "--rmax", "1", cid)
                .expectSuccess();
        SharedCluster.cluster().awaitPin(cid, pin -> pin.path("allocations").size() == 1);
        assertThat(three).containsAll(awaitHolders(cid, 1));
        SharedCluster.go(1)
                .theirCtl("pin", "add", "--ns", "--rmin", "2", "--rmax", "4", cid)
                .expectSuccess();
        SharedCluster.cluster().awaitPin(cid, pin -> pin.path("allocations").size() == 4);
        SharedCluster.cluster().awaitPinnedEverywhere(cid);
        SharedCluster.our(1).theirCtl("pin", "add", "--ns", "-r", "-1", cid).expectSuccess();
        SharedCluster.cluster().awaitPin(cid, pin -> pin.path("allocations").isEmpty());
        SharedCluster.cluster().awaitPinnedEverywhere(cid);
    }

    /** Waits until a pin is on its allocations and remote elsewhere, for everybody; gives the holders. */
    private static List<Member> awaitHolders(String cid, int pins) {
        SharedCluster.cluster().awaitInPinset(cid, SharedCluster.all());
        JsonNode pin = SharedCluster.cluster()
                .awaitSamePinsets(pins, SharedCluster.all())
                .get(cid);
        Set<String> ids = new TreeSet<>();
        pin.path("allocations").forEach(id -> ids.add(id.asText()));
        var split = SharedCluster.all().stream().collect(Collectors.partitioningBy(each -> ids.contains(each.id())));
        SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), split.get(true), "pinned");
        SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), split.get(false), "remote");
        return split.get(true);
    }
}
