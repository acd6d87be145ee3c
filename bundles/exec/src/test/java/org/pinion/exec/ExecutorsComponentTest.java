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
package org.pinion.exec;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;

class ExecutorsComponentTest {
    private final ExecutorsComponent executors = new ExecutorsComponent();

    @AfterEach
    void close() {
        executors.close();
    }

    @Test
    void aLaneRunsItsTasksOneAfterAnotherInOrder() throws InterruptedException {
        List<Integer> seen = new ArrayList<>(); // not thread-safe on purpose: only the lane touches it
        CountDownLatch done = new CountDownLatch(1);
        try (Lane lane = executors.lane("test", 1000)) {
            IntStream.range(0, 500).forEach(i -> lane.execute(() -> seen.add(i)));
            lane.execute(done::countDown);
            assertThat(done.await(10, SECONDS)).isTrue();
        }
        assertThat(seen).hasSize(500).isSorted();
    }

    @Test
    void aFullLaneRefusesAndNamesItsLimit() {
        CountDownLatch release = new CountDownLatch(1);
        try (Lane lane = executors.lane("test", 2)) {
            CountDownLatch started = new CountDownLatch(1);
            lane.execute(() -> {
                started.countDown();
                await(release);
            });
            await(started);
            lane.execute(() -> {});
            lane.execute(() -> {});
            assertThatThrownBy(() -> lane.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("test: 2 tasks wait");
            release.countDown();
        }
    }

    @Test
    void aFailingTaskDoesNotEndTheLane() {
        CountDownLatch done = new CountDownLatch(1);
        try (Lane lane = executors.lane("test", 10)) {
            lane.execute(() -> {
                throw new IllegalStateException("a task that fails on purpose");
            });
            lane.execute(done::countDown);
            await(done);
        }
    }

    @Test
    void onlyTasksOfALaneAreInsideIt() {
        CountDownLatch done = new CountDownLatch(1);
        try (Lane lane = executors.lane("test", 10)) {
            assertThatIllegalStateException().isThrownBy(lane::assertInside).withMessageContaining("lane test");
            lane.execute(() -> {
                lane.assertInside();
                done.countDown();
            });
            await(done);
        }
    }

    @Test
    void aTimerRunsInTheLaneUnlessItIsCancelled() {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (Lane lane = executors.lane("test", 10)) {
            Cancellable cancelled = lane.schedule(Duration.ofHours(1), never::countDown);
            cancelled.cancel();
            Cancellable timer = lane.schedule(Duration.ofMillis(5), () -> {
                lane.assertInside();
                done.countDown();
            });
            await(done);
            timer.cancel();
        }
        assertThat(never.getCount()).isOne();
    }

    @Test
    void aClosedLaneFinishesWhatWasQueuedAndRefusesMore() {
        CountDownLatch done = new CountDownLatch(3);
        Lane lane = executors.lane("test", 10);
        IntStream.range(0, 3).forEach(i -> lane.execute(done::countDown));
        lane.close();
        assertThat(done.getCount()).isZero();
        assertThatThrownBy(() -> lane.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("test is closed");
    }

    @Test
    void closingWorkersInterruptsThem() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Workers workers = executors.workers("test", 2, 0);
        workers.execute(() -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException expected) {
                interrupted.countDown();
            }
        });
        await(started);
        workers.close();
        assertThat(interrupted.await(10, SECONDS)).isTrue();
    }

    @Test
    void fullWorkersRefuseAndNameTheirLimits() {
        CountDownLatch release = new CountDownLatch(1);
        try (Workers workers = executors.workers("test", 1, 0)) {
            CountDownLatch started = new CountDownLatch(1);
            workers.execute(() -> {
                started.countDown();
                await(release);
            });
            await(started);
            assertThatThrownBy(() -> workers.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("1 tasks run and 0 wait");
            release.countDown();
        }
    }

    @Test
    void senselessLimitsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> executors.lane("test", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> executors.workers("test", 0, 1));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
