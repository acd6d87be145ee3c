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
package org.pinion.spi.rpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.flow.Cursor;

/**
 * Calls other peers. A call to this peer itself is an error: call the component. Failures of the other side are
 * {@link RpcException}.
 */
@ConsumerType
public interface RpcClient {
    /**
     * Calls a method. Completions may run on an event loop and must not block. Cancelling the future cancels the call.
     *
     * @param argument the argument; null for methods without one
     * @param timeout how long to wait; dialling included
     */
    <A, R> CompletableFuture<@Nullable R> call(
            PeerId peer, RpcMethod<A, R> method, @Nullable A argument, Duration timeout);

    /**
     * Calls a streaming method: arguments are pulled from {@code arguments} on a worker, results are pulled by the
     * reader. Blocks until the stream is open. The returned cursor fails with {@link RpcException} when the other side
     * does, and cancels the call when it is closed early.
     *
     * @param idleTimeout how long the other side may be silent; zero = for ever
     */
    <A, R> Cursor<R> stream(PeerId peer, RpcMethod<A, R> method, Cursor<A> arguments, Duration idleTimeout);
}
