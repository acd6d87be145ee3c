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
package org.pinion.api.restapi;

import java.time.Instant;
import java.time.InstantSource;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;

/** Real lanes and a clock that stands. */
final class TestExecutors implements Executors {
    static final Instant NOW = Instant.parse("2026-11-22T14:30:58.5Z");

    private final Executors real = new ExecutorsComponent();

    @Override
    public Lane lane(String name, int maxQueued) {
        return real.lane(name, maxQueued);
    }

    @Override
    public Workers workers(String name, int maxThreads, int maxQueued) {
        return real.workers(name, maxThreads, maxQueued);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.fixed(NOW);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
