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
package org.pinion.spi.informer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts what changes an IPFS node's store; every n-th makes the informers measure. Any thread. */
public final class InformerTicks {
    private volatile long interval;
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<@Nullable InformerTrigger> trigger = new AtomicReference<>();

    /**
     * Counts from nothing.
     *
     * @param interval n; 0 = never
     */
    public InformerTicks(long interval) {
        this.interval = interval;
    }

    /** Counts to another number from now on; 0 = never. */
    public void every(long changed) {
        interval = changed;
    }

    /** There is something to trigger. */
    public void set(InformerTrigger came) {
        trigger.set(came);
    }

    /** It is gone. */
    public void unset(InformerTrigger gone) {
        trigger.compareAndSet(gone, null);
    }

    /** A pin begins or ends, a stream of blocks or a collection is over. */
    public void tick() {
        long every = interval;
        if (every == 0 || count.incrementAndGet() % every != 0) {
            return;
        }
        InformerTrigger there = trigger.get();
        if (there != null) {
            there.measureSoon();
        }
    }
}
