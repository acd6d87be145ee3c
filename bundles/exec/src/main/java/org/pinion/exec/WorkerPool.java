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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.pinion.spi.exec.Call;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread pool whose threads end when they have nothing to do. */
final class WorkerPool implements Workers {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.exec");
    private static final long KEEP_ALIVE_SECONDS = 20;

    private final String name;
    private final ThreadPoolExecutor pool;

    WorkerPool(String name, int maxThreads, int maxQueued) {
        this.name = name;
        BlockingQueue<Runnable> queue =
                maxQueued == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(maxQueued);
        pool = new ThreadPoolExecutor(
                maxThreads,
                maxThreads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                new NamedThreads(name),
                (task, full) -> {
                    throw full.isShutdown()
                            ? closed()
                            : new RejectedExecutionException(
                                    name + ": " + maxThreads + " tasks run and " + maxQueued + " wait; no more fit");
                });
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public void close(Duration atMost) {
        for (Runnable dropped : pool.shutdownNow()) {
            if (dropped instanceof Call<?> call) {
                call.refuse(closed());
            }
        }
        if (!awaitEnd(pool, atMost)) {
            LOG.warn("{}: a task did not end within {} s of being interrupted", name, atMost.toSeconds());
        }
    }

    private RejectedExecutionException closed() {
        return new RejectedExecutionException(name + " is closed");
    }

    /** Waits for the end of a pool; an interrupted caller stops waiting and stays interrupted. */
    static boolean awaitEnd(ThreadPoolExecutor pool, Duration atMost) {
        try {
            return pool.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
