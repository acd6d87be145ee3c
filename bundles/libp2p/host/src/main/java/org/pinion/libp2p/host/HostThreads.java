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
package org.pinion.libp2p.host;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Makes the threads of one host, and waits for their end: executors report theirs a little early. Thread-safe. */
final class HostThreads extends DefaultThreadFactory {
    private final Queue<Thread> made = new ConcurrentLinkedQueue<>();

    HostThreads(String name) {
        super(name, true);
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = super.newThread(task);
        made.removeIf(each -> each.getState() == Thread.State.TERMINATED);
        made.add(thread);
        return thread;
    }

    /** Waits until all threads have ended, at most {@code timeout} for each. */
    void join(Duration timeout) {
        for (Thread thread : made) {
            try {
                thread.join(timeout.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
