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
package org.pinion.pintracker.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.itests.testkit.fakes.TrackerFakes.OTHER;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.on;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.itests.testkit.fakes.TrackerWorld;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** What the pins of other peers cost, and that nothing stays here of those that were here. */
class RemotePinsTest {
    private final TrackerWorld world = new TrackerWorld();
    private final List<String> calls = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final Tracker tracker = new Tracker(world);

    private static final class Tracker extends AbstractTracker {
        Tracker(TrackerWorld world) {
            super(
                    new Parts("pintracker.test", new StoredRows(), TrackerSettings.DEFAULT, TrackRow::lost),
                    world.executors,
                    world.secrets);
        }

        @Override
        public CompletionStage<PinInfo> status(Cid cid) {
            return known(cid);
        }
    }

    @BeforeEach
    void start() {
        tracker.addListener(world.listener);
        world.listen((cid, status, error, attempts) -> heard.add(status.text()));
        tracker.setState(world.state);
        tracker.setDatastore((Datastore)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class}, this::counted));
        tracker.setIpfs(world.ipfs);
        calls.clear();
    }

    private Object counted(Object proxy, Method method, Object[] arguments) throws ReflectiveOperationException {
        if (method.getName().equals("equals")) {
            return proxy == arguments[0];
        }
        calls.add(method.getName());
        return method.invoke(world.store, arguments);
    }

    private void add(Pin pin) {
        world.state.add(pin);
        tracker.track(pin);
    }

    private TrackerStatus status(int number) {
        return tracker.status(cid(number)).toCompletableFuture().join().status().status();
    }

    @Test
    void onesThatNeverWereHereCostOneReadAndNoQuestionToTheNode() {
        add(on(1, OTHER));
        assertThat(calls).containsExactly("get");
        assertThat(world.ipfs.unpinning).isEmpty();
        assertThat(heard).containsExactly("remote");
        assertThat(status(1)).isEqualTo(TrackerStatus.REMOTE);
    }

    @Test
    void manyThatComeAtOnceAreOneTask() {
        world.executors.pause();
        IntStream.rangeClosed(1, 1000).forEach(number -> add(on(number, OTHER)));
        assertThat(calls).isEmpty();
        world.executors.runOne();
        assertThat(calls).hasSize(1000).containsOnly("get");
        assertThat(world.ipfs.unpinning).isEmpty();
    }

    @Test
    void oneThatWasPinnedHereIsUnpinned() {
        world.ipfs.holds = false;
        add(everywhere(1));
        add(on(1, OTHER));
        assertThat(world.ipfs.held).isEmpty();
        assertThat(status(1)).isEqualTo(TrackerStatus.REMOTE);
    }

    @Test
    void oneWhosePinFailedIsUnpinnedToo() {
        add(everywhere(1));
        world.ipfs.pinning.get(cid(1)).completeExceptionally(new IllegalStateException("nobody has it"));
        add(on(1, OTHER));
        assertThat(world.ipfs.unpinning).containsOnlyKeys(cid(1));
    }

    @Test
    void oneThatIsBeingPinnedHereIsStoppedAndUnpinned() {
        add(everywhere(1));
        add(on(1, OTHER));
        assertThat(world.ipfs.unpinning).containsOnlyKeys(cid(1));
        world.ipfs.pinning.get(cid(1)).complete(null);
        world.ipfs.unpinning.get(cid(1)).complete(null);
        assertThat(world.ipfs.held).isEmpty();
        assertThat(status(1)).isEqualTo(TrackerStatus.REMOTE);
    }

    @Test
    void whatTheNodeHoldsThoughNobodyRemembersIsUnpinnedByARecoverOfAll() {
        world.ipfs.holds = false;
        world.ipfs.held.put(cid(1), IpfsPinStatus.RECURSIVE);
        add(on(1, OTHER));
        assertThat(world.ipfs.held).containsKey(cid(1));
        try (Cursor<PinInfo> recovered = tracker.recoverAll()) {
            for (PinInfo next = recovered.next(); next != null; next = recovered.next()) {
                assertThat(next.cid()).isEqualTo(cid(1));
            }
        }
        assertThat(world.ipfs.held).isEmpty();
    }
}
