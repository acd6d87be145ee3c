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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
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
    void aCallGivesWhatItsTaskGivesOrTheClustersViewOfItsFailure() {
        try (Workers workers = executors.workers("test", 1, 1)) {
            assertThat(workers.call("busy", () -> 7).join()).isEqualTo(7);
            CompletableFuture<Integer> failed = workers.call("busy", () -> {
                throw new IllegalArgumentException("not a number: x");
            });
            assertThat(failureOf(failed))
                    .isInstanceOfSatisfying(
                            ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                    .hasMessage("not a number: x");
        }
    }

    @Test
    void aCallThatWaitsWhenThePoolIsClosedFails() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        Workers workers = executors.workers("test", 1, 2);
        CompletableFuture<Boolean> running = workers.call("busy", () -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
                return false;
            } catch (InterruptedException expected) {
                return true;
            }
        });
        await(started);
        CompletableFuture<Boolean> waiting = workers.call("busy", () -> ran.getAndSet(true));

        workers.close();

        assertThat(running.join()).isTrue();
        assertThat(failureOf(waiting))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("busy: test is closed");
        assertThat(ran).isFalse();
    }

    @Test
    void aCallThatIsRefusedFails() {
        CountDownLatch release = new CountDownLatch(1);
        Workers workers = executors.workers("test", 1, 0);
        CountDownLatch started = new CountDownLatch(1);
        workers.execute(() -> {
            started.countDown();
            await(release);
        });
        await(started);
        assertThat(failureOf(workers.call("too many calls", () -> 7)))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("too many calls: test: 1 tasks run and 0 wait; no more fit");
        release.countDown();

        workers.close();

        assertThat(failureOf(workers.call("too many calls", () -> 7))).hasMessage("too many calls: test is closed");
    }

    @Test
    void theTaskOfADoneFutureIsNotRun() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch next = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        try (Workers workers = executors.workers("test", 1, 2)) {
            workers.execute(() -> await(release));
            CompletableFuture<Boolean> result = new CompletableFuture<>();
            assertThat(workers.call("busy", result, () -> ran.getAndSet(true))).isSameAs(result);
            workers.execute(next::countDown);
            result.cancel(false);
            release.countDown();
            await(next);
        }
        assertThat(ran).isFalse();
    }

    @Test
    void anErrorEndsTheCallAndItsThread() {
        AtomicReference<Throwable> ended = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        AssertionError error = new AssertionError("an error on purpose");
        try (Workers workers = executors.workers("test", 1, 1)) {
            CompletableFuture<Integer> failed = workers.call("busy", () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {
                    ended.set(failure);
                    done.countDown();
                });
                throw error;
            });
            assertThat(failureOf(failed)).isSameAs(error);
            await(done);
            assertThat(ended).hasValue(error);
        }
    }

    @Test
    void senselessLimitsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> executors.lane("test", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> executors.workers("test", 0, 1));
    }

    private static Throwable failureOf(CompletableFuture<?> failed) {
        return failed.handle((value, failure) -> failure).orTimeout(10, SECONDS).join();
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
