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
import static org.pinion.itests.testkit.fakes.TrackerFakes.OTHER;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.direct;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.number;
import static org.pinion.itests.testkit.fakes.TrackerFakes.on;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.fakes.TrackerWorld;
import org.pinion.pintracker.common.AbstractTracker;
import org.pinion.pintracker.stateless.StatelessTracker;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.flow.Cursor;

/** One tracker takes over what the other one left. */
class SwapTest {
    private final TrackerWorld world = new TrackerWorld();

    @Test
    void statesAttemptsAndReasonsPassFromStatelessToMapAndBack() {
        AbstractTracker tracker = wired(new StatelessTracker(Map.of(), world.executors, world.secrets));
        world.ipfs.holds = false;
        add(tracker, 1);
        add(tracker, 2);
        world.state.add(on(3, OTHER));
        world.state.add(direct(4));
        tracker.track(direct(4));
        world.ipfs.holds = true;
        add(tracker, 5);
        Objects.requireNonNull(world.ipfs.pinning.get(cid(5)))
                .completeExceptionally(new IllegalStateException("nobody has it"));
        world.state.pins.remove(cid(2));
        tracker.untrack(everywhere(2));
        Objects.requireNonNull(world.ipfs.unpinning.get(cid(2)))
                .completeExceptionally(new IllegalStateException("timeout"));
        List<String> before = shown(tracker);
        assertThat(before).containsExactly("1 pinned  0", "3 remote  0", "4 pinned  0", "5 pin_error nobody has it 1");

        tracker = swapped(tracker, new MapTracker(Map.of(), world.executors, world.secrets));
        assertThat(shown(tracker)).containsExactly("1 pinned  0", "3 remote  0", "4 pinned  0", "5 pinning  2");
        assertThat(errors(tracker)).isEmpty(); // the failed unpin is tried again
        Objects.requireNonNull(world.ipfs.pinning.get(cid(5)))
                .completeExceptionally(new IllegalStateException("still nobody"));
        assertThat(errors(tracker)).containsExactly("5 pin_error still nobody 2");

        tracker = swapped(tracker, new StatelessTracker(Map.of(), world.executors, world.secrets));
        assertThat(shown(tracker)).containsExactly("1 pinned  0", "3 remote  0", "4 pinned  0", "5 pinning  3");
        assertThat(tracker.pinned()).isEqualTo(2);
    }

    @Test
    void theQueueOfOneIsTheQueueOfTheOther() {
        Map<String, Object> one = Map.of("concurrent.pins", 1);
        AbstractTracker tracker = wired(new MapTracker(one, world.executors, world.secrets));
        for (int i = 1; i <= 50; i++) {
            add(tracker, i);
        }
        assertThat(tracker.pinQueueSize()).isEqualTo(49);

        tracker = swapped(tracker, new StatelessTracker(one, world.executors, world.secrets));
        assertThat(tracker.pinQueueSize()).isEqualTo(49);
        tracker = swapped(tracker, new MapTracker(one, world.executors, world.secrets));
        assertThat(tracker.pinQueueSize()).isEqualTo(49);
        assertThat(shown(tracker)).hasSize(50).startsWith("1 pinning  1", "2 pin_queued  0");
    }

    @Test
    void anUnpinBetweenTwoTrackersIsDoneByTheSecond() {
        AbstractTracker tracker = wired(new MapTracker(Map.of(), world.executors, world.secrets));
        world.ipfs.holds = false;
        add(tracker, 1);
        close(tracker);
        world.state.pins.remove(cid(1));

        wired(new StatelessTracker(Map.of(), world.executors, world.secrets));

        assertThat(world.ipfs.held).isEmpty();
    }

    private AbstractTracker swapped(AbstractTracker old, AbstractTracker next) {
        close(old);
        return wired(next);
    }

    private static void close(AbstractTracker tracker) {
        tracker.stop();
    }

    private AbstractTracker wired(AbstractTracker made) {
        made.setState(world.state);
        made.setDatastore(world.store);
        made.setIpfs(world.ipfs);
        return made;
    }

    private void add(AbstractTracker tracker, int number) {
        world.state.add(everywhere(number));
        tracker.track(everywhere(number));
    }

    private static List<String> shown(AbstractTracker tracker) {
        return list(tracker, StatusFilter.ALL);
    }

    private static List<String> errors(AbstractTracker tracker) {
        return list(tracker, StatusFilter.parse("error"));
    }

    private static List<String> list(AbstractTracker tracker, StatusFilter filter) {
        List<String> all = new ArrayList<>();
        try (Cursor<PinInfo> infos = tracker.statusAll(filter)) {
            for (PinInfo info = infos.next(); info != null; info = infos.next()) {
                all.add(number(info.cid()) + " " + info.status().status().text() + " "
                        + info.status().error() + " " + info.status().attemptCount());
            }
        }
        return all;
    }
}
