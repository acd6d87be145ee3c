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
package org.pinion.rpc;

import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.Stream;

/**
 * Interrupts the worker of a call when its caller resets the stream or is gone. Made and closed by the worker, after the
 * whole request was read. That the caller ends its data means nothing: it may still wait for the answer.
 *
 * @spec cluster wire "RPC framing"
 */
final class CallWatch {
    private @Nullable Thread worker = Thread.currentThread();
    private boolean cancelled;

    CallWatch(Stream stream) {
        stream.read().whenComplete((data, failure) -> {
            if (failure != null) {
                cancel();
            }
        });
    }

    private synchronized void cancel() {
        if (worker != null) {
            cancelled = true;
            worker.interrupt();
        }
    }

    /** Ends the watch; nobody will interrupt from here on. */
    synchronized void close() {
        worker = null;
        if (cancelled) {
            Thread.interrupted();
        }
    }
}
