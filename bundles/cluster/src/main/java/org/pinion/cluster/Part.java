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
package org.pinion.cluster;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** A component that may be away for a while. Any thread. */
final class Part<T> {
    private final String name;
    private final Duration wait;
    private @Nullable T value;
    private boolean wasThere;
    private CompletableFuture<T> arrival = new CompletableFuture<>();

    /**
     * A part that is away.
     *
     * @param name what to call it in errors
     * @param wait how long callers wait for it
     */
    Part(String name, Duration wait) {
        this.name = name;
        this.wait = wait;
    }

    String name() {
        return name;
    }

    /** Takes a component; true if it takes the place of one that was there before. */
    synchronized boolean set(T came) {
        boolean again = wasThere;
        wasThere = true;
        value = came;
        arrival.complete(came);
        arrival = CompletableFuture.completedFuture(came);
        return again;
    }

    /** Forgets a component, unless another one took its place already. */
    synchronized void unset(T gone) {
        if (gone.equals(value)) {
            value = null;
            arrival = new CompletableFuture<>();
        }
    }

    /** Whether there was a component, and there is none now. */
    synchronized boolean isLost() {
        return wasThere && value == null;
    }

    /** The component, or null while it is away. */
    synchronized @Nullable T now() {
        return value;
    }

    /** The component; waits for it up to the bound, then fails with its name. */
    T get() {
        CompletableFuture<T> waiting;
        synchronized (this) {
            waiting = arrival;
        }
        try {
            return waiting.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, name + " is not available; waited " + wait.toSeconds() + " s for it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while waiting for " + name, e);
        }
    }
}
