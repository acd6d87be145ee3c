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
package org.pinion.libp2p.host.yamux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;

/**
 * Streams of ours that the peer has not acknowledged are bounded; more wait here for their turn. On the event loop of the
 * session.
 *
 * @spec yamux "Opening a stream"
 */
final class OpenQueue {
    /** Opened streams that the peer has not acknowledged; Go peers refuse more. */
    private static final int MAX_UNACKNOWLEDGED = 256;
    /** Opens that wait for that. */
    private static final int MAX_WAITING = 4096;

    private final Supplier<YamuxStream> opener;
    private final ArrayDeque<CompletableFuture<YamuxStream>> waiting = new ArrayDeque<>();
    private int unacknowledged;

    OpenQueue(Supplier<YamuxStream> opener) {
        this.opener = opener;
    }

    CompletableFuture<YamuxStream> open() {
        if (unacknowledged < MAX_UNACKNOWLEDGED) {
            return CompletableFuture.completedFuture(openNow());
        }
        if (waiting.size() >= MAX_WAITING) {
            return CompletableFuture.failedFuture(
                    new NetworkException(Reason.LIMIT, MAX_WAITING + " streams wait for the peer to accept them"));
        }
        CompletableFuture<YamuxStream> turn = new CompletableFuture<>();
        waiting.add(turn);
        return turn;
    }

    private YamuxStream openNow() {
        unacknowledged++;
        return opener.get();
    }

    /** A stream was acknowledged, or ended before. */
    void settled() {
        unacknowledged--;
        while (unacknowledged < MAX_UNACKNOWLEDGED && !waiting.isEmpty()) {
            CompletableFuture<YamuxStream> turn = waiting.remove();
            if (!turn.isDone()) {
                turn.complete(openNow());
            }
        }
    }

    /** Takes all that wait out, to be failed. */
    List<CompletableFuture<YamuxStream>> drain() {
        List<CompletableFuture<YamuxStream>> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
