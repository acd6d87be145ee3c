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
package org.pinion.api.restapi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;

/**
 * Collects lines into chunks and sends one chunk while the next one is filled. The first line goes out at once, and every
 * line whose value took a while to come, so a slow list is still seen as it arrives. For one thread.
 */
final class LineWriter {
    private static final int CHUNK_BYTES = 32 << 10;
    private static final int SPARE_BYTES = 4 << 10;
    private static final long SLOW_NANOS = 2_000_000;

    private final Exchange exchange;
    private final Executors executors;
    private JsonBuffer filling;
    private JsonBuffer other;
    private CompletionStage<Void> sending = CompletableFuture.completedFuture(null);
    private boolean first = true;
    private long lastLineNanos;

    LineWriter(Exchange exchange, Executors executors) {
        this.exchange = exchange;
        this.executors = executors;
        this.filling = Replies.buffer(exchange, CHUNK_BYTES + SPARE_BYTES);
        this.other = Replies.buffer(exchange, CHUNK_BYTES + SPARE_BYTES);
        this.lastLineNanos = executors.nanoTime();
    }

    /** Where the next line goes. */
    JsonBuffer buffer() {
        return filling;
    }

    /** Ends a line. */
    void endLine() {
        filling.raw('\n');
        long now = executors.nanoTime();
        boolean slow = now - lastLineNanos > SLOW_NANOS;
        if (first || slow || filling.size() >= CHUNK_BYTES) {
            send();
            now = executors.nanoTime();
        }
        first = false;
        lastLineNanos = now;
    }

    /** Sends what is left and waits for it. */
    void finish() {
        if (filling.size() > 0) {
            send();
        }
        Replies.await(sending);
    }

    private void send() {
        Replies.await(sending);
        JsonBuffer full = filling;
        sending = exchange.write(full.view());
        filling = other;
        filling.clear();
        other = full;
    }
}
