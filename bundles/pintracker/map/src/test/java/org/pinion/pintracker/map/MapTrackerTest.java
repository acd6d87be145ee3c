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
package org.pinion.pintracker.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.contract.PinTrackerContract;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.pintracker.PinTracker;

class MapTrackerTest extends PinTrackerContract {
    @Override
    protected PinTracker started(Map<String, Object> properties) {
        MapTracker made = new MapTracker(properties, world.executors, world.secrets);
        made.addListener(world.listener);
        made.setState(world.state);
        made.setDatastore(world.store);
        made.setIpfs(world.ipfs);
        return made;
    }

    @Override
    protected void stop(PinTracker running) {
        ((MapTracker) running).close();
    }

    private MapTracker map() {
        return (MapTracker) tracker;
    }

    @Test
    void whatTheNodeLostShowsAfterASyncAsAFailedPin() {
        world.ipfs.holds = false;
        add(everywhere(1));
        add(everywhere(2));
        world.ipfs.held.remove(cid(1));
        world.executors.advance(Duration.ofMinutes(5));
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNED);
        assertThat(list(StatusFilter.ALL)).containsExactly("1 pinned", "2 pinned");

        map().reconcile();

        assertThat(list(StatusFilter.ALL)).containsExactly("1 pin_error", "2 pinned");
        assertThat(info(1).status().error()).isEqualTo("the item is unexpectedly not pinned on IPFS");
    }

    @Test
    void aStatusNeverAsksTheNode() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.down = new IllegalStateException("connection refused");

        assertThat(status(1)).isEqualTo(TrackerStatus.PINNED);
        assertThat(list(StatusFilter.ALL)).containsExactly("1 pinned");
        assertThat(map().reconcile(cid(1)).toCompletableFuture().join().status().status())
                .isEqualTo(TrackerStatus.CLUSTER_ERROR);
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNED);
    }

    @Test
    void statusesStayWhileTheDatastoreIsReplaced() {
        add(everywhere(1));
        pinning(1).complete(null);
        add(everywhere(2));
        pinning(2).completeExceptionally(new IllegalStateException("nobody has it"));
        add(everywhere(3));
        map().unsetDatastore(world.store);

        pinning(3).complete(null);
        add(everywhere(4));

        assertThat(list(StatusFilter.ALL)).startsWith("1 pinned", "2 pin_error");
        assertThat(info(2).status().error()).isEqualTo("its reason is in the datastore, which is away");

        world.ipfs.holds = false;
        map().setDatastore(world.store);

        assertThat(list(StatusFilter.ALL)).containsExactly("1 pinned", "2 pinned", "3 pinned", "4 pinned");
        assertThat(map().pinned()).isEqualTo(4);
    }

    @Test
    void aLargePinSetIsReadInPartsAndAnsweredFromTheFirstMoment() {
        world.ipfs.holds = false;
        for (int i = 0; i < 10_000; i++) {
            world.state.add(everywhere(i));
        }
        tracker = started(Map.of());
        stop(tracker);
        List<String> early = new ArrayList<>();
        world.executors.pause();
        MapTracker next = (MapTracker) started(Map.of());
        tracker = next;
        world.executors.runOne();
        for (PinInfo info : drain(next.statusAll(StatusFilter.parse("pinned")))) {
            early.add(info.status().status().text());
        }
        assertThat(early).hasSize(10_000);

        world.executors.run();

        assertThat(next.pinned()).isEqualTo(10_000);
        assertThat(list(StatusFilter.parse("pinned"))).hasSize(10_000);
        assertThat(world.ipfs.order).hasSize(10_000);
    }

    @Test
    void settingsAreThoseOfItsSectionAndChangeWhileItRuns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> started(Map.of("concurrent.pins", -1)))
                .withMessageContaining("maptracker.concurrent_pins");
        tracker = started(Map.of("concurrent.pins", 1));
        for (int i = 1; i <= 4; i++) {
            add(everywhere(i));
        }
        assertThat(world.ipfs.order).hasSize(1);

        map().modified(Map.of("concurrent.pins", 3));

        assertThat(world.ipfs.order).hasSize(3);
    }
}
