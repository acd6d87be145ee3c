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

/** A bounded pool for tasks that may block. */
public interface Workers extends Executor, AutoCloseable {
    /**
     * Refuses new tasks, interrupts the running ones, drops the waiting ones, and waits for the end of the running
     * ones.
     */
    void close(Duration atMost);

    /** As {@code close} with a wait of 5 s. */
    @Override
    default void close() {
        close(Duration.ofSeconds(5));
    }
}
