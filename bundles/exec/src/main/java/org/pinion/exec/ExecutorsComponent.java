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

import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;

/** Executors on the JDK's thread pools and clocks. */
@Component(service = Executors.class)
public final class ExecutorsComponent implements Executors, AutoCloseable {
    private final ScheduledThreadPoolExecutor timers;

    /** Starts the timer thread's pool; its thread is made with the first timer. */
    @Activate
    public ExecutorsComponent() {
        timers = new ScheduledThreadPoolExecutor(1, new NamedThreads("timers"));
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Lane lane(String name, int maxQueued) {
        if (maxQueued < 1) {
            throw new IllegalArgumentException("lane " + name + ": maxQueued must be at least 1: " + maxQueued);
        }
        return new SerialLane(name, maxQueued, timers);
    }

    @Override
    public Workers workers(String name, int maxThreads, int maxQueued) {
        if (maxThreads < 1 || maxQueued < 0) {
            throw new IllegalArgumentException("workers " + name + ": maxThreads must be at least 1 and maxQueued 0: "
                    + maxThreads + ", " + maxQueued);
        }
        return new WorkerPool(name, maxThreads, maxQueued);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    /** Ends the timers; lanes and pools are closed by those who made them. */
    @Override
    @Deactivate
    public void close() {
        timers.shutdownNow();
    }
}
