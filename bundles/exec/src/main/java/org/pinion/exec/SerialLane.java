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

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lane on one thread of its own, which ends when there is nothing to do. */
final class SerialLane implements Lane {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.exec");
    private static final long KEEP_ALIVE_SECONDS = 20;

    private final String name;
    private final int maxQueued;
    private final ScheduledExecutorService timers;
    private final AtomicInteger queued = new AtomicInteger();
    private final ThreadPoolExecutor serial;
    private volatile @Nullable Thread running;

    SerialLane(String name, int maxQueued, ScheduledExecutorService timers) {
        this.name = name;
        this.maxQueued = maxQueued;
        this.timers = timers;
        serial = new ThreadPoolExecutor(
                1, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new NamedThreads(name));
        serial.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        if (queued.incrementAndGet() > maxQueued) {
            queued.decrementAndGet();
            throw new RejectedExecutionException(name + ": " + maxQueued + " tasks wait; no more fit");
        }
        try {
            serial.execute(() -> {
                queued.decrementAndGet();
                run(task);
            });
        } catch (RejectedExecutionException closed) {
            queued.decrementAndGet();
            throw new RejectedExecutionException(name + " is closed", closed);
        }
    }

    private void run(Runnable task) {
        running = Thread.currentThread();
        try {
            task.run();
        } catch (RuntimeException | Error failure) { // one bad task must not end the lane
            LOG.error("{}: a task failed", name, failure);
        } finally {
            running = null;
        }
    }

    @Override
    public void assertInside() {
        if (Thread.currentThread() != running) {
            throw new IllegalStateException("must run in lane " + name + ", is in "
                    + Thread.currentThread().getName());
        }
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        // A timer never counts against the queue's bound: its task was accepted when it was planned.
        ScheduledFuture<?> timer = timers.schedule(
                () -> {
                    try {
                        serial.execute(() -> run(task));
                    } catch (RejectedExecutionException closed) {
                        LOG.debug("{} is closed: timer dropped", name);
                    }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void close(Duration atMost) {
        serial.shutdown();
        if (Thread.currentThread() == running) {
            return; // closing from inside: the rest of the queue still runs
        }
        if (!WorkerPool.awaitEnd(serial, atMost)) {
            int dropped = serial.shutdownNow().size();
            LOG.warn("{}: still busy after {} s, interrupted; {} tasks dropped", name, atMost.toSeconds(), dropped);
        }
    }
}
