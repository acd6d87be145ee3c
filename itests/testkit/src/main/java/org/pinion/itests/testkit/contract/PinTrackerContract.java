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
package org.pinion.itests.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.itests.testkit.fakes.TrackerFakes.CREATED;
import static org.pinion.itests.testkit.fakes.TrackerFakes.OTHER;
import static org.pinion.itests.testkit.fakes.TrackerFakes.SELF;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.direct;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.number;
import static org.pinion.itests.testkit.fakes.TrackerFakes.on;
import static org.pinion.itests.testkit.fakes.TrackerFakes.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.fakes.TrackerWorld;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.pintracker.PinCount;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.PinTracker;

/** What every pin tracker does. Time and tasks move only when the test says so. */
public abstract class PinTrackerContract {
    private static final Map<String, Object> TWO_AT_ONCE = Map.of("concurrent.pins", 2, "max.pin.queue.size", 3);

    /** What the tracker works with. */
    protected final TrackerWorld world = new TrackerWorld();

    /** The tracker under test. */
    protected PinTracker tracker;

    /** For an implementation's test. */
    protected PinTrackerContract() {}

    /**
     * Makes a tracker with {@code world}'s parts.
     *
     * @param properties of its section, with the names that configuration has
     */
    protected abstract PinTracker started(Map<String, Object> properties);

    /** Ends a tracker as its component would be ended. */
    protected abstract void stop(PinTracker running);

    /** Starts one with defaults. */
    @BeforeEach
    protected void startTracker() {
        tracker = started(Map.of());
    }

    @Test
    void pinGoesThroughQueuedAndPinningToPinned() {
        world.executors.pause();
        add(everywhere(1));
        world.executors.run();
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNING);

        pinning(1).complete(null);

        PinInfo info = info(1);
        assertThat(info.status().status()).isEqualTo(TrackerStatus.PINNED);
        assertThat(info.status().attemptCount()).isZero();
        assertThat(info.status().timestamp()).isEqualTo(CREATED);
        assertThat(info.peer()).isEqualTo(SELF);
        assertThat(info.status().ipfsPeerId()).isEqualTo(peer(9));
        assertThat(info.status().ipfsAddresses()).hasSize(1);
        assertCounted(1);
    }

    @Test
    void failedPinShowsItsReasonAndIsTriedAgainByRecover() {
        add(everywhere(1));
        pinning(1).completeExceptionally(new IllegalStateException("nobody has it"));

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
        world.listen((cid, status, error, attempts) ->
                heard.add((cid.equals(cid(1)) ? "1 " : "? ") + status.text() + " " + error + " " + attempts));
        add(everywhere(1));
        pinning(1).completeExceptionally(new IllegalStateException("nobody has it"));
        tracker.recover(cid(1)).toCompletableFuture().join();
        pinning(1).complete(null);
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
        world.ipfs.holds = false;
        add(everywhere(1));
        assertThat(tracker.recover(cid(1)).toCompletableFuture().join().status().status())
                .isEqualTo(TrackerStatus.PINNED);
        assertThat(world.ipfs.order).hasSize(1);
    }

    @Test
    void noMorePinsRunThanConfiguredAndAFullQueueIsAnError() {
        stop(tracker);
        tracker = started(TWO_AT_ONCE);
        for (int i = 1; i <= 6; i++) {
            add(everywhere(i));
        }
        assertThat(world.ipfs.order).containsExactly(cid(1), cid(2));
        assertThat(tracker.pinQueueSize()).isEqualTo(3);
        assertThat(status(3)).isEqualTo(TrackerStatus.PIN_QUEUED);
        assertThat(info(6).status().error())
                .startsWith("pin operation queue is full. Try increasing max_pin_queue_size");

        pinning(1).complete(null);
        assertThat(world.ipfs.order).containsExactly(cid(1), cid(2), cid(3));
    }

    @Test
    void unpinCancelsARunningPinAndTheReverse() {
        add(everywhere(1));
        remove(everywhere(1));
        assertThat(world.ipfs.order).hasSize(1);
        assertThat(list(StatusFilter.parse("unpinning"))).containsExactly("1 unpinning");

        add(everywhere(1));
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNING);
        assertThat(world.ipfs.order).hasSize(2);
    }

    @Test
    void failedUnpinIsVisibleAmongErrorsAndRetriedByRecoverAll() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.holds = true;
        remove(everywhere(1));
        unpinning(1).completeExceptionally(new IllegalStateException("ipfs is away"));

        assertThat(list(StatusFilter.parse("error"))).containsExactly("1 unpin_error");
        assertThat(list(StatusFilter.ALL)).isEmpty();

        world.ipfs.holds = false;
        assertThat(drain(tracker.recoverAll())).hasSize(1);
        assertThat(list(StatusFilter.parse("error"))).isEmpty();
        assertThat(world.ipfs.held).isEmpty();
    }

    @Test
    void pinForOtherPeersIsUnpinnedHereAndRemote() {
        world.ipfs.holds = false;
        add(everywhere(1));
        add(on(1, OTHER));
        assertThat(status(1)).isEqualTo(TrackerStatus.REMOTE);
        assertThat(world.ipfs.held).isEmpty();
        assertThat(info(1).status().error()).isEmpty();
    }

    @Test
    void aSuccessorGoesOnWhereTheTrackerStopped() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.holds = true;
        add(everywhere(2));
        add(everywhere(3));
        pinning(3).completeExceptionally(new IllegalStateException("gone"));
        stop(tracker);
        world.state.pins.remove(cid(1));
        world.state.add(everywhere(4));
        world.ipfs.order.clear();

        tracker = started(Map.of());

        assertThat(world.ipfs.order).containsExactly(cid(2), cid(3), cid(4));
        assertThat(world.ipfs.unpinning).containsOnlyKeys(cid(1));
        assertThat(info(3).status().attemptCount()).isEqualTo(2);
    }

    @Test
    void whileTheNodeIsAwayNothingFails() {
        world.ipfs.down = new IllegalStateException("connection refused");
        world.state.add(everywhere(1));
        stop(tracker);
        tracker = started(Map.of());
        assertThat(world.ipfs.order).isEmpty();
        assertThat(list(StatusFilter.ALL)).containsExactly("1 pin_queued");
        assertThatThrownBy(() -> tracker.recoverAll())
                .isInstanceOf(ClusterException.class)
                .hasMessage("could not get pinset from IPFS: connection refused");

        world.ipfs.down = null;
        world.executors.advance(Duration.ofSeconds(5));

        assertThat(world.ipfs.order).containsExactly(cid(1));
    }

    @Test
    void catchUpQueuesALargePinSetInSteps() {
        world.ipfs.holds = false;
        for (int i = 0; i < 20_000; i++) {
            world.state.add(everywhere(i));
        }
        stop(tracker);
        tracker = started(Map.of());
        assertThat(world.ipfs.held).hasSize(20_000);
        assertCounted(20_000);
        assertThat(list(StatusFilter.parse("queued"))).isEmpty();
    }

    @Test
    void directPinMadeRecursiveWhileItIsPinnedIsPinnedAgain() {
        add(direct(1));
        add(everywhere(1));
        assertThat(world.ipfs.order).hasSize(1);
        pinning(1).complete(null);
        assertThat(world.ipfs.order).hasSize(2);
        pinning(1).complete(null);
        assertThat(world.ipfs.held).containsEntry(cid(1), IpfsPinStatus.RECURSIVE);
    }

    @Test
    void pinsAndUnpinsThatArriveWhileNoTrackerIsThereAreCaughtUp() {
        world.ipfs.holds = false;
        for (int i = 1; i <= 10; i++) {
            add(everywhere(i));
        }
        stop(tracker);
        for (int i = 11; i <= 20; i++) {
            world.state.add(everywhere(i));
        }
        world.state.pins.remove(cid(1));

        tracker = started(Map.of());

        assertThat(world.ipfs.held).hasSize(19).doesNotContainKey(cid(1)).containsKey(cid(20));
        assertThat(list(StatusFilter.parse("pinned"))).hasSize(19);
        assertThat(list(StatusFilter.parse("error,queued"))).isEmpty();
    }

    @Test
    void aChangeThatNobodyToldOfAtTheStartIsFoundRightAfterIt() {
        world.ipfs.holds = false;
        world.state.add(everywhere(1)); // committed between the catch-up and the first notification
        assertThat(world.ipfs.held).isEmpty();

        world.executors.advance(Duration.ofSeconds(1));

        assertThat(world.ipfs.held).containsKey(cid(1));
    }

    @Test
    void aComparisonFindsWhatTheNodeLostAndWhatItHolds() {
        world.ipfs.holds = false;
        add(everywhere(1));
        add(everywhere(2));
        world.ipfs.holds = true;
        add(everywhere(3));
        pinning(3).completeExceptionally(new IllegalStateException("nobody has it"));
        world.ipfs.held.remove(cid(1));
        world.ipfs.held.put(cid(3), IpfsPinStatus.RECURSIVE);
        if (!(tracker instanceof PinReconciler reconciler)) {
            return;
        }
        world.executors.advance(Duration.ofMinutes(5));

        reconciler.reconcile();

        assertThat(status(1)).isIn(TrackerStatus.UNEXPECTEDLY_UNPINNED, TrackerStatus.PIN_ERROR);
        assertThat(status(2)).isEqualTo(TrackerStatus.PINNED);
        assertThat(status(3)).isEqualTo(TrackerStatus.PINNED);
        assertCounted(2);
        world.ipfs.held.put(cid(1), IpfsPinStatus.RECURSIVE);
        assertThat(reconciler
                        .reconcile(cid(1))
                        .toCompletableFuture()
                        .join()
                        .status()
                        .status())
                .isEqualTo(TrackerStatus.PINNED);
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNED);
        world.ipfs.held.remove(cid(1));
        assertThat(reconciler
                        .reconcile(cid(1))
                        .toCompletableFuture()
                        .join()
                        .status()
                        .status())
                .isIn(TrackerStatus.UNEXPECTEDLY_UNPINNED, TrackerStatus.PIN_ERROR);
        assertThat(drain(tracker.recoverAll())).extracting(PinInfo::cid).containsExactly(cid(1));
        assertThat(status(1)).isEqualTo(TrackerStatus.PINNING);
    }

    @Test
    void anUnpinThatFailedAndHappenedAllTheSameIsForgottenByAComparison() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.holds = true;
        remove(everywhere(1));
        unpinning(1).completeExceptionally(new IllegalStateException("timeout"));
        world.ipfs.held.clear();
        if (!(tracker instanceof PinReconciler reconciler)) {
            return;
        }
        assertThat(list(StatusFilter.parse("unpin_error"))).hasSize(1);
        world.executors.advance(Duration.ofMinutes(5));

        reconciler.reconcile();

        assertThat(list(StatusFilter.parse("unpin_error"))).isEmpty();
    }

    @Test
    void whileTheNodeIsAwayAComparisonFailsAndChangesNothing() {
        world.ipfs.holds = false;
        add(everywhere(1));
        world.ipfs.down = new IllegalStateException("connection refused");
        if (tracker instanceof PinReconciler reconciler) {
            assertThatThrownBy(reconciler::reconcile)
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("connection refused");
        }
        assertThat(list(StatusFilter.ALL)).containsExactly("1 pinned");
    }

    @Test
    void aMetaPinIsShardedAndNeverPinned() {
        Pin meta = new Pin(cid(1), PinType.META, List.of(), 0, cid(2), CREATED, PinOptions.NONE);
        add(meta);
        assertThat(status(1)).isEqualTo(TrackerStatus.SHARDED);
        assertThat(world.ipfs.order).isEmpty();
    }

    @Test
    void whoeverWaitsForAnAnswerWhenTheTrackerEndsHearsOfIt() {
        world.executors.pause();
        CompletableFuture<PinInfo> waiting = tracker.status(cid(1)).toCompletableFuture();
        stop(tracker);
        assertThat(waiting).isCompletedExceptionally();
        assertThatThrownBy(waiting::join)
                .hasCauseInstanceOf(ClusterException.class)
                .hasMessageContaining("the pin tracker is busy or ends")
                .hasMessageContaining("is closed");
    }

    /** Adds a pin to the pin set and tells the tracker. */
    protected final void add(Pin pin) {
        world.state.add(pin);
        tracker.track(pin);
    }

    /** Removes a pin from the pin set and tells the tracker. */
    protected final void remove(Pin pin) {
        world.state.pins.remove(pin.cid());
        tracker.untrack(pin);
    }

    /** The status of the CID with that number. */
    protected final TrackerStatus status(int number) {
        return info(number).status().status();
    }

    /** Everything about the CID with that number. */
    protected final PinInfo info(int number) {
        return tracker.status(cid(number)).toCompletableFuture().join();
    }

    /** The pin of that number which was begun last. */
    protected final CompletableFuture<Void> pinning(int number) {
        return Objects.requireNonNull(world.ipfs.pinning.get(cid(number)));
    }

    /** The unpin of that number which was begun last. */
    protected final CompletableFuture<Void> unpinning(int number) {
        return Objects.requireNonNull(world.ipfs.unpinning.get(cid(number)));
    }

    /** Number and status of all that pass. */
    protected final List<String> list(StatusFilter filter) {
        return drain(tracker.statusAll(filter)).stream()
                .map(info -> number(info.cid()) + " " + info.status().status().text())
                .toList();
    }

    private void assertCounted(long expected) {
        if (tracker instanceof PinCount count) {
            assertThat(count.pinned()).isEqualTo(expected);
        }
    }

    /** Everything that is left. */
    protected static <T> List<T> drain(Cursor<T> cursor) {
        List<T> all = new ArrayList<>();
        try (cursor) {
            for (T next = cursor.next(); next != null; next = cursor.next()) {
                all.add(next);
            }
        }
        return all;
    }
}
