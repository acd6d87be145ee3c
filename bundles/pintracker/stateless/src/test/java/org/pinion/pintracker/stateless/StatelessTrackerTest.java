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
package org.pinion.pintracker.stateless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.itests.testkit.fakes.TrackerFakes.OTHER;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.direct;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.on;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.contract.PinTrackerContract;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.pintracker.PinTracker;

class StatelessTrackerTest extends PinTrackerContract {
    @Override
    protected PinTracker started(Map<String, Object> properties) {
        StatelessTracker made = new StatelessTracker(properties, world.executors, world.secrets);
        made.addListener(world.listener);
        made.setState(world.state);
        made.setDatastore(world.store);
        made.setIpfs(world.ipfs);
        return made;
    }

    @Override
    protected void stop(PinTracker running) {
        ((StatelessTracker) running).close();
    }

    @Test
    void statusOfAllTellsWhatTheNodeReallyHolds() {
        world.ipfs.held.put(cid(1), IpfsPinStatus.RECURSIVE);
        world.ipfs.held.put(cid(5), IpfsPinStatus.DIRECT);
        world.state.add(everywhere(1));
        world.state.add(on(2, OTHER));
        world.state.add(everywhere(4));
        world.state.add(direct(5));

        assertThat(list(StatusFilter.ALL))
                .containsExactly("1 pinned", "2 remote", "4 unexpectedly_unpinned", "5 pinned");
        assertThat(list(StatusFilter.parse("pinned"))).containsExactly("1 pinned", "5 pinned");
        assertThat(status(7)).isEqualTo(TrackerStatus.UNPINNED);

        List<PinInfo> taken = drain(tracker.recoverAll());
        assertThat(taken).extracting(PinInfo::cid).containsExactly(cid(4));
    }

    @Test
    void statusOfOneAsksTheNode() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.held.clear();
        assertThat(status(1)).isEqualTo(TrackerStatus.UNEXPECTEDLY_UNPINNED);
        assertThat(info(1).status().error()).isEqualTo("the item should be pinned but it is not");
        world.ipfs.down = new IllegalStateException("connection refused");
        assertThat(status(1)).isEqualTo(TrackerStatus.CLUSTER_ERROR);
        assertThat(info(1).status().error()).isEqualTo("connection refused");
    }

    @Test
    void whatEndsWhileTheDatastoreIsAwayIsFoundWhenItIsBack() {
        StatelessTracker stateless = (StatelessTracker) tracker;
        add(everywhere(1));
        stateless.unsetDatastore(world.store);
        pinning(1).complete(null);
        add(everywhere(2));

        world.ipfs.holds = false;
        stateless.setDatastore(world.store);

        assertThat(list(StatusFilter.ALL)).containsExactly("1 pinned", "2 pinned");
        assertThat(stateless.pinned()).isEqualTo(2);
    }
}
