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
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.pintracker.stateless.Fakes.OTHER;
import static org.pinion.pintracker.stateless.Fakes.SELF;
import static org.pinion.pintracker.stateless.Fakes.cid;
import static org.pinion.pintracker.stateless.Fakes.direct;
import static org.pinion.pintracker.stateless.Fakes.everywhere;
import static org.pinion.pintracker.stateless.Fakes.on;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

class StatelessTrackerTest {
    private static final Map<String, Object> TWO_AT_ONCE = Map.of("concurrent.pins", 2, "max.pin.queue.size", 3);

    private final ManualExecutors executors = new ManualExecutors();
    private final Fakes.State state = new Fakes.State();
    private final Fakes.Ipfs ipfs = new Fakes.Ipfs();
    private final Fakes.Store store = new Fakes.Store();
    private StatelessTracker tracker;

    @BeforeEach
    void start() {
        tracker = start(Map.of());
    }

    private StatelessTracker start(Map<String, Object> properties) {
        StatelessTracker started = new StatelessTracker(properties, executors, Fakes.secrets());
        started.setState(state);
        started.setDatastore(store);
        started.setIpfs(ipfs);
        return started;
    }

    @Test
    void pinGoesThroughQueuedAndPinningToPinned() {
        executors.pause();
        add(everywhere(1));
        executors.run();
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNING);

        ipfs.pinning.get(cid(1)).complete(null);

        PinInfo info = info(1);
        assertThat(info.status().status()).isEqualTo(TrackerStatus.PINNED);
        assertThat(info.status().attemptCount()).isZero();
        assertThat(info.status().timestamp()).isEqualTo(Fakes.CREATED);
        assertThat(info.peer()).isEqualTo(SELF);
        assertThat(info.status().ipfsPeerId()).isEqualTo(Fakes.peer(9));
        assertThat(info.status().ipfsAddresses()).hasSize(1);
        assertThat(tracker.pinned()).isEqualTo(1);
    }

    @Test
    void failedPinShowsItsReasonAndIsTriedAgainByRecover() {
        add(everywhere(1));
        ipfs.pinning.get(cid(1)).completeExceptionally(new IllegalStateException("nobody has it"));

        assertThat(status(1)).isEqualTo(TrackerStatus.PIN_ERROR);
        assertThat(info(1).status().error()).isEqualTo("nobody has it");
        assertThat(info(1).status().attemptCount()).isEqualTo(1);

        PinInfo again = tracker.recover(cid(1)).toCompletableFuture().join();
        assertThat(again.status().status()).isEqualTo(TrackerStatus.PINNING);
        assertThat(again.status().attemptCount()).isEqualTo(2);
    }

    @Test
    void listenersHearOfEveryChangeOfAStatus() {
        List<String> heard = new ArrayList<>();
        tracker.listeners = List.of((cid, status, error, attempts) ->
                heard.add((cid.equals(cid(1)) ? "1 " : "? ") + status.text() + " " + error + " " + attempts));
        add(everywhere(1));
        ipfs.pinning.get(cid(1)).completeExceptionally(new IllegalStateException("nobody has it"));
        tracker.recover(cid(1)).toCompletableFuture().join();
        ipfs.pinning.get(cid(1)).complete(null);
        assertThat(heard)
                .containsExactly(
                        "1 pin_queued  0",
                        "1 pinning  1",
                        "1 pin_error nobody has it 1",
                        "1 pin_queued  1",
                        "1 pinning  2",
                        "1 pinned  0");
        heard.clear();
        remove(everywhere(1));
        assertThat(heard).startsWith("1 unpin_queued  0", "1 unpinning  1");
    }

    @Test
    void recoverOfAPinnedCidChangesNothing() {
        ipfs.holds = false;
        add(everywhere(1));
        assertThat(tracker.recover(cid(1)).toCompletableFuture().join().status().status())
                .isEqualTo(TrackerStatus.PINNED);
        assertThat(ipfs.order).hasSize(1);
    }

    @Test
    void noMorePinsRunThanConfiguredAndAFullQueueIsAnError() {
        tracker = start(TWO_AT_ONCE);
        for (int i = 1; i <= 6; i++) {
            add(everywhere(i));
        }
        assertThat(ipfs.order).containsExactly(cid(1), cid(2));
        assertThat(tracker.pinQueueSize()).isEqualTo(3);
        assertThat(status(3)).isEqualTo(TrackerStatus.PIN_QUEUED);
        assertThat(info(6).status().error())
                .startsWith("pin operation queue is full. Try increasing max_pin_queue_size");

        ipfs.pinning.get(cid(1)).complete(null);
        assertThat(ipfs.order).containsExactly(cid(1), cid(2), cid(3));
    }

    @Test
    void unpinCancelsARunningPinAndTheReverse() {
        add(everywhere(1));
        remove(everywhere(1));
        assertThat(ipfs.order).hasSize(1);
        assertThat(list(StatusFilter.parse("unpinning"))).containsExactly("1 unpinning");

        add(everywhere(1));
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNING);
        assertThat(ipfs.order).hasSize(2);
    }

    @Test
    void failedUnpinIsVisibleAmongErrorsAndRetriedByRecoverAll() {
        ipfs.holds = false;
        add(everywhere(1));
        ipfs.holds = true;
        remove(everywhere(1));
        ipfs.unpinning.get(cid(1)).completeExceptionally(new IllegalStateException("ipfs is away"));

        assertThat(list(StatusFilter.parse("error"))).containsExactly("1 unpin_error");
        assertThat(list(StatusFilter.ALL)).isEmpty();

        ipfs.holds = false;
        assertThat(drain(tracker.recoverAll())).hasSize(1);
        assertThat(list(StatusFilter.parse("error"))).isEmpty();
        assertThat(ipfs.held).isEmpty();
    }

    @Test
    void pinForOtherPeersIsUnpinnedHereAndRemote() {
        ipfs.holds = false;
        add(everywhere(1));
        add(on(1, OTHER));
        assertThat(status(1)).isEqualTo(TrackerStatus.REMOTE);
        assertThat(ipfs.held).isEmpty();
        assertThat(info(1).status().error()).isEmpty();
    }

    @Test
    void statusOfAllTellsWhatTheNodeReallyHolds() {
        ipfs.held.put(cid(1), IpfsPinStatus.RECURSIVE);
        ipfs.held.put(cid(5), IpfsPinStatus.DIRECT);
        state.add(everywhere(1));
        state.add(on(2, OTHER));
        state.add(everywhere(4));
        state.add(direct(5));

        assertThat(list(StatusFilter.ALL))
                .containsExactly("1 pinned", "2 remote", "4 unexpectedly_unpinned", "5 pinned");
        assertThat(list(StatusFilter.parse("pinned"))).containsExactly("1 pinned", "5 pinned");
        assertThat(status(7)).isEqualTo(TrackerStatus.UNPINNED);

        List<PinInfo> taken = drain(tracker.recoverAll());
        assertThat(taken).extracting(PinInfo::cid).containsExactly(cid(4));
    }

    @Test
    void statusOfOneAsksTheNode() {
        ipfs.holds = false;
        add(everywhere(1));
        ipfs.held.clear();
        assertThat(status(1)).isEqualTo(TrackerStatus.UNEXPECTEDLY_UNPINNED);
        assertThat(info(1).status().error()).isEqualTo("the item should be pinned but it is not");
        ipfs.down = new IllegalStateException("connection refused");
        assertThat(status(1)).isEqualTo(TrackerStatus.CLUSTER_ERROR);
        assertThat(info(1).status().error()).isEqualTo("connection refused");
    }

    @Test
    void successorGoesOnWhereTheTrackerStopped() {
        ipfs.holds = false;
        add(everywhere(1));
        ipfs.holds = true;
        add(everywhere(2));
        add(everywhere(3));
        ipfs.pinning.get(cid(3)).completeExceptionally(new IllegalStateException("gone"));
        tracker.close();
        state.pins.remove(cid(1));
        state.add(everywhere(4));
        ipfs.order.clear();

        tracker = start(Map.of());

        assertThat(ipfs.order).containsExactly(cid(2), cid(3), cid(4));
        assertThat(ipfs.unpinning).containsOnlyKeys(cid(1));
        assertThat(info(3).status().attemptCount()).isEqualTo(2);
    }

    @Test
    void whileTheNodeIsAwayNothingFails() {
        ipfs.down = new IllegalStateException("connection refused");
        state.add(everywhere(1));
        tracker = start(Map.of());
        assertThat(ipfs.order).isEmpty();
        assertThat(list(StatusFilter.ALL)).containsExactly("1 pin_queued");
        assertThatThrownBy(() -> tracker.recoverAll())
                .isInstanceOf(ClusterException.class)
                .hasMessage("could not get pinset from IPFS: connection refused");

        ipfs.down = null;
        executors.advance(Duration.ofSeconds(5));

        assertThat(ipfs.order).containsExactly(cid(1));
    }

    @Test
    void catchUpQueuesALargePinSetInSteps() {
        ipfs.holds = false;
        for (int i = 0; i < 20_000; i++) {
            state.add(everywhere(i));
        }
        tracker = start(Map.of());
        assertThat(ipfs.held).hasSize(20_000);
        assertThat(tracker.pinned()).isEqualTo(20_000);
        assertThat(list(StatusFilter.parse("queued"))).isEmpty();
    }

    @Test
    void directPinMadeRecursiveWhileItIsPinnedIsPinnedAgain() {
        add(direct(1));
        add(everywhere(1));
        assertThat(ipfs.order).hasSize(1);
        ipfs.pinning.get(cid(1)).complete(null);
        assertThat(ipfs.order).hasSize(2);
        ipfs.pinning.get(cid(1)).complete(null);
        assertThat(ipfs.held).containsEntry(cid(1), IpfsPinStatus.RECURSIVE);
    }

    private void add(Pin pin) {
        state.add(pin);
        tracker.pinned(pin);
    }

    private void remove(Pin pin) {
        state.pins.remove(pin.cid());
        tracker.unpinned(pin);
    }

    private TrackerStatus status(int number) {
        return info(number).status().status();
    }

    private PinInfo info(int number) {
        return tracker.status(cid(number)).toCompletableFuture().join();
    }

    private List<String> list(StatusFilter filter) {
        return drain(tracker.statusAll(filter)).stream()
                .map(info -> number(info.cid()) + " " + info.status().status().text())
                .toList();
    }

    private static int number(Cid cid) {
        byte[] digest = cid.multihash().digest();
        return digest[digest.length - 1];
    }

    private static <T> List<T> drain(Cursor<T> cursor) {
        List<T> all = new ArrayList<>();
        try (cursor) {
            for (T next = cursor.next(); next != null; next = cursor.next()) {
                all.add(next);
            }
        }
        return all;
    }
}
