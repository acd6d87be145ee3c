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
package org.pinion.monitor.pubsubmon;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;

/** Time and tasks that move only when the test says so; everything runs in the test's thread. */
final class ManualExecutors implements Executors {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final List<Timer> timers = new ArrayList<>();

    private record Timer(Instant at, Runnable task) {}

    /** Moves time and runs what is due, in order. */
    void advance(Duration by) {
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
            due.task.run();
        }
    }

    @Override
    public Lane lane(String name, int maxQueued) {
        return new Lane() {
            @Override
            public void assertInside() {}

            @Override
            public Cancellable schedule(Duration delay, Runnable task) {
                Timer timer = new Timer(now.plus(delay), task);
                timers.add(timer);
                return () -> timers.remove(timer);
            }

            @Override
            public void close(Duration atMost) {
                timers.clear();
            }

            @Override
            public void execute(Runnable task) {
                task.run();
            }
        };
    }

    @Override
    public Workers workers(String name, int maxThreads, int maxQueued) {
        throw new UnsupportedOperationException(name);
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
