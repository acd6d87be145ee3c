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

import java.time.Duration;
import java.util.concurrent.Executor;

/** A serial executor with timers. Owner of the fields of the component that made it. */
public interface Lane extends Executor, AutoCloseable {
    /** Fails with {@code IllegalStateException} when the caller is not a task of this lane. */
    void assertInside();

    /**
     * Runs a task in this lane after a delay.
     *
     * @return ends the timer; a task that already runs goes on
     */
    Cancellable schedule(Duration delay, Runnable task);

    /**
     * Refuses new tasks, drops timers, and waits for the running and queued ones; those left at the end of the wait
     * are interrupted or dropped.
     */
    void close(Duration atMost);

    /** As {@code close} with a wait of 5 s. */
    @Override
    default void close() {
        close(Duration.ofSeconds(5));
    }
}
