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
package org.pinion.libp2p.bitswap;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads for what takes long: reading the blockstore, and hashing what came in. They end when idle. */
final class Workers {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final int THREADS = 4;
    private static final int MAX_QUEUED = 65_536;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final ThreadPoolExecutor executor;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    Workers(String name) {
        AtomicInteger number = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_QUEUED), task -> {
                    Thread made = new Thread(task, name + "-" + number.incrementAndGet());
                    made.setDaemon(true);
                    threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
                    threads.add(made);
                    return made;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Runs a task; false if there is no room or the exchange is closed. */
    boolean execute(Runnable task) {
        try {
            executor.execute(() -> run(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.warn("a bitswap worker's task failed; the next ones go on", e);
        }
    }

    /** Interrupts what runs, drops what waits, ends the threads. */
    void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("the blockstore did not return {} after the exchange was closed", CLOSE_WAIT);
                return;
            }
            for (Thread thread : threads) {
                thread.join(CLOSE_WAIT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
