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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Waits on lanes and workers that may block. */
final class Waits {
    private static final Duration WRITE = Duration.ofMinutes(1);

    private Waits() {}

    /** Waits for a change of the pin set. */
    static <T> T written(CompletionStage<T> stage) {
        return await(stage, WRITE);
    }

    /**
     * The result of a stage.
     *
     * @throws ClusterException if it failed, or is not there in time
     */
    static <T> T await(CompletionStage<T> stage, Duration atMost) {
        try {
            return stage.toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ClusterException(ErrorCode.TIMEOUT, "no answer within " + atMost.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while waiting", e);
        }
    }
}
