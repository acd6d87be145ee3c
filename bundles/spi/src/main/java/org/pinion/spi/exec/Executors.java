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
package org.pinion.spi.exec;

import java.time.InstantSource;

/**
 * The only source of threads, timers and time. Everything got from it is closed by its owner, at the latest in its
 * {@code @Deactivate}. Safe for any thread.
 */
public interface Executors {
    /**
     * Makes a serial executor: tasks run one after another, in the order they came, never two at once.
     *
     * @param name for thread names and logs, for example {@code pintracker.stateless}
     * @param maxQueued how many tasks may wait; one more is refused with {@code RejectedExecutionException}
     */
    Lane lane(String name, int maxQueued);

    /**
     * Makes a pool for tasks that may block.
     *
     * @param name for thread names and logs
     * @param maxThreads how many tasks may run at once
     * @param maxQueued how many tasks may wait; one more is refused with {@code RejectedExecutionException}
     */
    Workers workers(String name, int maxThreads, int maxQueued);

    /** Wall-clock time. */
    InstantSource clock();

    /** A monotonic clock in nanoseconds, for measuring durations only. */
    long nanoTime();
}
