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
import static org.pinion.itests.testkit.fakes.TrackerFakes.CREATED;
import static org.pinion.itests.testkit.fakes.TrackerFakes.cid;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.pinion.pintracker.common.Operation.Kind;
import org.pinion.pintracker.common.Operations.Outcome;

class OperationsTest {
    private static final TrackerSettings SETTINGS = new TrackerSettings(3, 2, Duration.ofHours(24), 1);
    private static final Instant NOW = CREATED.plusSeconds(60);

    private final Operations operations = new Operations();

    @Test
    void sameOperationIsNotQueuedTwice() {
        assertThat(pin(1)).isEqualTo(Outcome.QUEUED);
        assertThat(pin(1)).isEqualTo(Outcome.KNOWN);
        operations.nextPin(NOW);
        assertThat(pin(1)).isEqualTo(Outcome.KNOWN);
    }

    @Test
    void opposingOperationCancelsTheRunningOne() {
        pin(1);
        Operation running = operations.nextPin(NOW);
        CompletableFuture<Void> work = new CompletableFuture<>();
        running.work(work);

        assertThat(unpin(1)).isEqualTo(Outcome.QUEUED);

        assertThat(work).isCancelled();
        assertThat(operations.end(running)).isFalse();
        assertThat(operations.get(cid(1)).kind()).isEqualTo(Kind.UNPIN);
    }

    @Test
    void cancelledWaitingOperationNeverRuns() {
        pin(1);
        unpin(1);
        assertThat(operations.nextPin(NOW)).isNull();
        assertThat(operations.queuedPins()).isZero();
        assertThat(operations.nextUnpin(NOW).cid()).isEqualTo(cid(1));
    }

    @Test
    void youngPinsGoBeforeOldAndOftenTriedOnesAndKeepTheirOrder() {
        operations.pin(everywhere(1).withTimestamp(NOW.minus(Duration.ofDays(2))), 0, SETTINGS, NOW);
        operations.pin(everywhere(2), 2, SETTINGS, NOW);
        operations.pin(everywhere(3), 1, SETTINGS, NOW);
        operations.pin(everywhere(4), 0, SETTINGS, NOW);

        assertThat(operations.queuedPins()).isEqualTo(4);
        assertThat(next()).isEqualTo(3);
        assertThat(next()).isEqualTo(4);
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
        assertThat(operations.queuedPins()).isZero();
    }

    @Test
    void fullQueueRefusesAndForgets() {
        for (int i = 0; i < 3; i++) {
            assertThat(pin(i)).isEqualTo(Outcome.QUEUED);
        }
        assertThat(pin(9)).isEqualTo(Outcome.FULL);
        assertThat(operations.get(cid(9))).isNull();
        assertThat(unpin(9)).isEqualTo(Outcome.QUEUED);
    }

    @Test
    void attemptsAreCountedFromThoseBefore() {
        operations.pin(everywhere(1), 4, SETTINGS, NOW);
        assertThat(operations.nextPin(NOW).attempts()).isEqualTo(5);
    }

    private int next() {
        byte[] digest = operations.nextPin(NOW).cid().multihash().digest();
        return digest[digest.length - 1];
    }

    private Outcome pin(int number) {
        return operations.pin(everywhere(number), 0, SETTINGS, NOW);
    }

    private Outcome unpin(int number) {
        return operations.unpin(cid(number), Kind.UNPIN, 0, SETTINGS, NOW);
    }
}
