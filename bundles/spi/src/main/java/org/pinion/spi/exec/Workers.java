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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** A bounded pool for tasks that may block. */
public interface Workers extends Executor, AutoCloseable {
    /**
     * Runs a task and gives its end, which always comes: what the task throws, {@link ErrorCode#UNAVAILABLE} for one
     * that is refused or that the pool drops when it is closed.
     *
     * @param busy what a caller hears of a refusal, followed by the pool's reason, for example {@code too many calls
     *     at once}
     * @return fails with {@link ClusterException}, except for an {@code Error}, which is given as it is
     */
    default <T> CompletableFuture<T> call(String busy, Supplier<@Nullable T> task) {
        return call(busy, new CompletableFuture<>(), task);
    }

    /**
     * As {@link #call(String, Supplier)}, with a future of the caller's: if that is done when the task's turn comes, the
     * task is not run.
     *
     * @return {@code result}
     */
    default <T> CompletableFuture<T> call(String busy, CompletableFuture<T> result, Supplier<@Nullable T> task) {
        Call<T> call = new Call<>(busy, result, task);
        try {
            execute(call);
        } catch (RejectedExecutionException full) {
            call.refuse(full);
        }
        return result;
    }

    /**
     * Refuses new tasks, interrupts the running ones, drops the waiting ones - a {@link Call} is told so - and waits for
     * the end of the running ones.
     */
    void close(Duration atMost);

    /** As {@code close} with a wait of 5 s. */
    @Override
    default void close() {
        close(Duration.ofSeconds(5));
    }
}
