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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** A task of {@link Workers} whose end somebody waits for. Either it is run, or it is refused. */
public final class Call<T> implements Runnable {
    private final String busy;
    private final CompletableFuture<T> result;
    private final Supplier<@Nullable T> task;

    Call(String busy, CompletableFuture<T> result, Supplier<@Nullable T> task) {
        this.busy = busy;
        this.result = result;
        this.task = task;
    }

    /** Runs the task, unless its future is done already; an {@code Error} is thrown, too. */
    @Override
    public void run() {
        if (result.isDone()) {
            return;
        }
        try {
            result.complete(task.get());
        } catch (RuntimeException failure) {
            result.completeExceptionally(ClusterException.of(failure));
        } catch (Error failure) {
            result.completeExceptionally(failure);
            throw failure;
        }
    }

    /** Fails the future of a task that never runs; the reason names the pool. */
    public void refuse(RejectedExecutionException reason) {
        result.completeExceptionally(
                new ClusterException(ErrorCode.UNAVAILABLE, busy + ": " + reason.getMessage(), reason));
    }
}
