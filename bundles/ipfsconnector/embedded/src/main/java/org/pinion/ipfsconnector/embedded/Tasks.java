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
package org.pinion.ipfsconnector.embedded;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Runs tasks that may block and hands their ends to futures, every one: closed threads drop what waits. Any thread. */
final class Tasks {
    /** Bounded by the queues of the threads. */
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    /** Runs a task unless its future is done by then; the future gets its value or failure. */
    <T> CompletableFuture<T> run(Executor executor, CompletableFuture<T> result, Supplier<T> task) {
        pending.add(result);
        result.whenComplete((value, failure) -> pending.remove(result));
        try {
            executor.execute(() -> {
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
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new ClusterException(
                    ErrorCode.UNAVAILABLE, "the embedded IPFS node takes no more: " + full.getMessage(), full));
        }
        return result;
    }

    /** Fails what never ran; after the threads were closed. */
    void close() {
        pending.forEach(result -> result.completeExceptionally(
                new ClusterException(ErrorCode.UNAVAILABLE, "the embedded IPFS node is closing")));
    }
}
