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
package org.pinion.itests.testkit.fakes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.pinion.spi.exec.Call;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;

/** Time and tasks that move only when the test says so; everything runs in the test's thread. */
public final class ManualExecutors implements Executors {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final List<Timer> timers = new ArrayList<>();
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private boolean paused;
    private boolean draining;

    /** What waits, and the lane or pool that was asked for it. */
    private record Task(Executor owner, Runnable work) {}

    /** At the start of 2026; nothing waits. */
    public ManualExecutors() {}

    /** Tasks wait from now on until {@link #run}. */
    public void pause() {
        paused = true;
    }

    /** Runs what waits, and what that makes. */
    public void run() {
        paused = false;
        drain();
    }

    /** Runs only the first of what waits; the rest goes on waiting. */
    public void runOne() {
        Task first = tasks.poll();
        if (first != null) {
            first.work.run();
        }
    }

    private void accept(Executor owner, Runnable work) {
        tasks.add(new Task(owner, work));
        drain();
    }

    private void drop(Executor owner, String name) {
        List<Task> dropped = tasks.stream().filter(task -> task.owner == owner).toList();
        tasks.removeAll(dropped);
        for (Task task : dropped) {
            if (task.work instanceof Call<?> call) {
                call.refuse(new RejectedExecutionException(name + " is closed"));
            }
        }
    }

    private void drain() {
        if (paused || draining) {
            return;
        }
        draining = true;
        try {
            for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
                task.work.run();
            }
        } finally {
            draining = false;
        }
    }

    private record Timer(Instant at, Executor owner, Runnable task) {}

    /** Moves time and runs what is due, in order. */
    public void advance(Duration by) {
        Instant end = now.plus(by);
        while (true) {
            Timer due = timers.stream()
                    .filter(timer -> !timer.at.isAfter(end))
                    .min(Comparator.comparing(Timer::at))
                    .orElse(null);
            if (due == null) {
                now = end;
                return;
            }
            timers.remove(due);
            now = due.at;
            accept(due.owner, due.task);
        }
    }

    @Override
    public Lane lane(String name, int maxQueued) {
        return new Lane() {
            @Override
            public void assertInside() {}

            @Override
            public Cancellable schedule(Duration delay, Runnable task) {
                Timer timer = new Timer(now.plus(delay), this, task);
                timers.add(timer);
                return () -> timers.remove(timer);
            }

            @Override
            public void close(Duration atMost) {
                timers.clear();
            }

            @Override
            public void execute(Runnable task) {
                ManualExecutors.this.accept(this, task);
            }
        };
    }

    @Override
    public Workers workers(String name, int maxThreads, int maxQueued) {
        return new Workers() {
            @Override
            public void close(Duration atMost) {
                ManualExecutors.this.drop(this, name);
            }

            @Override
            public void execute(Runnable task) {
                ManualExecutors.this.accept(this, task);
            }
        };
    }

    @Override
    public InstantSource clock() {
        return () -> now;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }
}
