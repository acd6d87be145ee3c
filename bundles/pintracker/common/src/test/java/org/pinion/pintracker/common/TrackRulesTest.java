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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pinion.itests.testkit.fakes.TrackerFakes.CREATED;
import static org.pinion.itests.testkit.fakes.TrackerFakes.OTHER;
import static org.pinion.itests.testkit.fakes.TrackerFakes.SELF;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.direct;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.on;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.pintracker.common.TrackRow.Phase;
import org.pinion.pintracker.common.TrackRules.Todo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

class TrackRulesTest {
    private static final Pin META = new Pin(cid(5), PinType.META, List.of(), 0, cid(6), CREATED, PinOptions.NONE);
    private static final TrackRow PINNED = TrackRow.pinned(1);
    private static final TrackRow LOST = TrackRow.lost(1);
    private static final TrackRow PIN_ERROR = new TrackRow(Phase.PIN_ERROR, 3, true, 1000, "no peers");
    private static final TrackRow UNPIN_ERROR = new TrackRow(Phase.UNPIN_ERROR, 2, false, 1000, "no ipfs");

    @Test
    void statusFollowsFromPinSetRowAndOperation() {
        assertThat(status(everywhere(1), PINNED)).isEqualTo(TrackerStatus.PINNED);
        assertThat(status(on(1, SELF, OTHER), PINNED)).isEqualTo(TrackerStatus.PINNED);
        assertThat(status(everywhere(1), LOST)).isEqualTo(TrackerStatus.UNEXPECTEDLY_UNPINNED);
        assertThat(status(everywhere(1), null)).isEqualTo(TrackerStatus.UNEXPECTEDLY_UNPINNED);
        assertThat(status(everywhere(1), PIN_ERROR)).isEqualTo(TrackerStatus.PIN_ERROR);
        assertThat(status(on(1, OTHER), PINNED)).isEqualTo(TrackerStatus.REMOTE);
        assertThat(status(on(1, OTHER), UNPIN_ERROR)).isEqualTo(TrackerStatus.REMOTE);
        assertThat(status(META, null)).isEqualTo(TrackerStatus.SHARDED);
        assertThat(status(null, UNPIN_ERROR)).isEqualTo(TrackerStatus.UNPIN_ERROR);
        assertThat(status(null, PINNED)).isEqualTo(TrackerStatus.UNPINNED);
        assertThat(status(null, null)).isEqualTo(TrackerStatus.UNPINNED);
    }

    @Test
    void errorsCarryTextAndAttempts() {
        TrackRules.Status status = TrackRules.status(new Tracked(cid(1), everywhere(1), PIN_ERROR), null, SELF, false);
        assertThat(status.error()).isEqualTo("no peers");
        assertThat(status.attempts()).isEqualTo(3);
        assertThat(status.priority()).isTrue();
    }

    @Test
    void whatIsStillToBeQueuedCountsAsQueued() {
        Tracked tracked = new Tracked(cid(1), everywhere(1), null);
        assertThat(TrackRules.status(tracked, null, SELF, true).status()).isEqualTo(TrackerStatus.PIN_QUEUED);
    }

    @Test
    void runningOperationHidesEverythingElse() {
        Operation operation = new Operation(cid(1), Operation.Kind.PIN, true, 0, 5);
        Tracked tracked = new Tracked(cid(1), everywhere(1), LOST);
        assertThat(TrackRules.status(tracked, operation, SELF, false).status()).isEqualTo(TrackerStatus.PIN_QUEUED);
        operation.start(9);
        assertThat(TrackRules.status(tracked, operation, SELF, false).status()).isEqualTo(TrackerStatus.PINNING);
        assertThat(operation.attempts()).isEqualTo(1);
    }

    @Test
    void onlyUnfinishedThingsAreToBeDone() {
        assertThat(todo(everywhere(1), PINNED)).isEqualTo(Todo.NOTHING);
        assertThat(todo(everywhere(1), null)).isEqualTo(Todo.PIN);
        assertThat(todo(everywhere(1), LOST)).isEqualTo(Todo.PIN);
        assertThat(todo(everywhere(1), PIN_ERROR)).isEqualTo(Todo.PIN);
        assertThat(todo(on(1, OTHER), null)).isEqualTo(Todo.NOTHING);
        assertThat(todo(on(1, OTHER), PINNED)).isEqualTo(Todo.UNPIN_REMOTE);
        assertThat(todo(META, null)).isEqualTo(Todo.NOTHING);
        assertThat(todo(null, PINNED)).isEqualTo(Todo.UNPIN);
        assertThat(todo(null, UNPIN_ERROR)).isEqualTo(Todo.UNPIN);
        assertThat(todo(null, null)).isEqualTo(Todo.NOTHING);
    }

    @Test
    void comparisonWithTheNodeCorrectsRows() {
        assertThat(correct(everywhere(1), PINNED, IpfsPinStatus.UNPINNED)).isEqualTo(Phase.LOST);
        assertThat(correct(everywhere(1), null, IpfsPinStatus.UNPINNED)).isEqualTo(Phase.LOST);
        assertThat(correct(everywhere(1), null, IpfsPinStatus.RECURSIVE)).isEqualTo(Phase.PINNED);
        assertThat(correct(everywhere(1), LOST, IpfsPinStatus.RECURSIVE)).isEqualTo(Phase.PINNED);
        assertThat(correct(everywhere(1), PIN_ERROR, IpfsPinStatus.RECURSIVE)).isEqualTo(Phase.PINNED);
        assertThat(correct(everywhere(1), PIN_ERROR, IpfsPinStatus.UNPINNED)).isNull();
        assertThat(correct(everywhere(1), PINNED, IpfsPinStatus.RECURSIVE)).isNull();
        assertThat(correct(everywhere(1), PINNED, IpfsPinStatus.DIRECT)).isEqualTo(Phase.LOST);
        assertThat(correct(direct(1), null, IpfsPinStatus.DIRECT)).isEqualTo(Phase.PINNED);
        assertThat(correct(on(1, OTHER), null, IpfsPinStatus.RECURSIVE)).isEqualTo(Phase.PINNED);
        assertThat(correct(on(1, OTHER), null, IpfsPinStatus.UNPINNED)).isNull();
        assertThat(correct(META, null, IpfsPinStatus.UNPINNED)).isNull();
        assertThat(correct(null, PINNED, IpfsPinStatus.UNPINNED)).isNull();
    }

    @Test
    void rowsSurviveEncoding() {
        for (TrackRow row : List.of(PINNED, LOST, PIN_ERROR, UNPIN_ERROR)) {
            assertThat(TrackRow.decode(row.encode())).isEqualTo(row);
        }
        assertThat(new TrackRow(Phase.PIN_ERROR, 1, false, 1, "x".repeat(5000)).error())
                .hasSize(1024);
        assertThatIllegalArgumentException().isThrownBy(() -> TrackRow.decode(new byte[3]));
        assertThatIllegalArgumentException().isThrownBy(() -> TrackRow.decode(new byte[20]));
    }

    @Test
    void pinSetAndRowsAreReadSideBySide() {
        List<Pin> pins = List.of(everywhere(1), everywhere(3), everywhere(4));
        List<Tracked> rows = List.of(row(2), row(3), row(5));
        List<Tracked> all = new ArrayList<>();
        try (TrackedCursor cursor = new TrackedCursor(Cursor.of(pins), Cursor.of(rows))) {
            for (Tracked next = cursor.next(); next != null; next = cursor.next()) {
                all.add(next);
            }
        }
        assertThat(all)
                .containsExactly(
                        new Tracked(cid(1), pins.get(0), null),
                        row(2),
                        new Tracked(cid(3), pins.get(1), PINNED),
                        new Tracked(cid(4), pins.get(2), null),
                        row(5));
    }

    @Test
    void settingsHaveTheReferencesDefaultsAndLimits() {
        assertThat(TrackerSettings.of(Map.of(), "x")).isEqualTo(TrackerSettings.DEFAULT);
        assertThat(TrackerSettings.of(
                        Map.of(
                                "max.pin.queue.size", 7L,
                                "concurrent.pins", 3L,
                                "priority.pin.max.age", "1h",
                                "priority.pin.max.retries", 0L),
                        "x"))
                .isEqualTo(new TrackerSettings(7, 3, Duration.ofHours(1), 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrackerSettings.of(Map.of("concurrent.pins", -1), "statelesstracker"))
                .withMessageContaining("statelesstracker.concurrent_pins");
    }

    private static Tracked row(int number) {
        return new Tracked(cid(number), null, PINNED);
    }

    private static TrackerStatus status(Pin pin, TrackRow row) {
        return TrackRules.status(tracked(pin, row), null, SELF, false).status();
    }

    private static Todo todo(Pin pin, TrackRow row) {
        return TrackRules.todo(tracked(pin, row), SELF);
    }

    private static Phase correct(Pin pin, TrackRow row, IpfsPinStatus held) {
        Reconciler.Correction correction = Reconciler.correct(tracked(pin, row), held, SELF, TrackRow::lost, 1_000_000);
        return correction == null ? null : correction.row().phase();
    }

    private static Tracked tracked(Pin pin, TrackRow row) {
        Cid cid = pin == null ? cid(1) : pin.cid();
        return new Tracked(cid, pin, row);
    }
}
