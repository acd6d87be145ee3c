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
package org.pinion.libp2p.bitswap;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;

/**
 * Reads messages with a varint length before each. A message takes memory only when the budget has room for it; whoever
 * got a message gives its bytes back with {@link #release}. One read at a time.
 */
final class FrameReader {
    private static final int MAX_VARINT_BYTES = 5;

    private final Stream stream;
    private final int maxMessageBytes;
    private final ReceiveBudget budget;
    private final LongSupplier nanos;
    private ByteBuffer input = ByteBuffer.allocate(0);
    private long length;
    private int lengthBytes;
    private boolean lengthKnown;
    private byte @Nullable [] message;
    private int filled;
    private boolean ended;
    /** When a message that is not complete yet made its last step; 0 between messages. */
    private volatile long progress;

    FrameReader(Stream stream, int maxMessageBytes, ReceiveBudget budget, LongSupplier nanos) {
        this.stream = stream;
        this.maxMessageBytes = maxMessageBytes;
        this.budget = budget;
        this.nanos = nanos;
    }

    /** The next message, or empty at the end of the stream. Fails as reading does, or with a ProtocolException. */
    CompletableFuture<Optional<byte[]>> read() {
        CompletableFuture<Optional<byte[]>> result = new CompletableFuture<>();
        pump(result);
        return result;
    }

    /** Gives the memory of a message back. */
    void release(byte[] done) {
        budget.release(stream.remotePeer(), done.length);
    }

    /** Whether a message is under way and nothing came for it since a while. */
    boolean stalled(long now, long afterNanos) {
        long since = progress;
        return since != 0 && now - since > afterNanos;
    }

    /** Whether a message is under way and something came for it lately. */
    boolean underWay(long now, long withinNanos) {
        long since = progress;
        return since != 0 && now - since <= withinNanos;
    }

    /** Loops while there is something at hand, so that tiny buffers cannot exhaust the stack. */
    private void pump(CompletableFuture<Optional<byte[]>> result) {
        while (true) {
            CompletableFuture<Void> wait;
            try {
                byte[] done = copy();
                if (done != null || ended) {
                    progress = 0;
                    checkEnd(done);
                    result.complete(Optional.ofNullable(done));
                    return;
                }
                wait = next();
            } catch (ProtocolException e) {
                fail(result, e);
                return;
            }
            if (!wait.isDone()) {
                wait.whenComplete((granted, error) -> {
                    if (error != null) {
                        fail(result, error);
                    } else {
                        pump(result);
                    }
                });
                return;
            }
            if (wait.isCompletedExceptionally()) {
                wait.whenComplete((granted, error) -> fail(result, error));
                return;
            }
        }
    }

    /** What has to happen before there can be more of the message. */
    private CompletableFuture<Void> next() {
        if (lengthKnown && message == null) {
            int bytes = (int) length;
            return budget.acquire(stream.remotePeer(), bytes).thenRun(() -> {
                message = new byte[bytes];
                progress = nanos.getAsLong();
            });
        }
        return stream.read().toCompletableFuture().thenAccept(data -> {
            if (data.isPresent()) {
                input = data.get();
            } else {
                ended = true;
            }
        });
    }

    private byte @Nullable [] copy() {
        while (!lengthKnown && input.hasRemaining()) {
            readLengthByte(input.get());
        }
        byte[] target = message;
        if (target == null) {
            return null;
        }
        int n = Math.min(target.length - filled, input.remaining());
        input.get(target, filled, n);
        filled += n;
        progress = nanos.getAsLong();
        if (filled < target.length) {
            return null;
        }
        message = null;
        filled = 0;
        length = 0;
        lengthBytes = 0;
        lengthKnown = false;
        return target;
    }

    private void readLengthByte(byte b) {
        length |= (b & 0x7fL) << (7 * lengthBytes);
        lengthBytes++;
        if (length > maxMessageBytes || (b < 0 && lengthBytes == MAX_VARINT_BYTES)) {
            throw ProtocolException.resetStream("message of " + length + " bytes or more from " + stream.remotePeer()
                    + ", limit " + maxMessageBytes);
        }
        lengthKnown = b >= 0;
    }

    private void checkEnd(byte @Nullable [] done) {
        if (done == null && (lengthBytes > 0 || message != null)) {
            throw ProtocolException.resetStream("stream of " + stream.remotePeer() + " ended inside a message");
        }
    }

    private void fail(CompletableFuture<Optional<byte[]>> result, Throwable error) {
        byte[] unfinished = message;
        if (unfinished != null) {
            message = null;
            budget.release(stream.remotePeer(), unfinished.length);
        }
        progress = 0;
        result.completeExceptionally(error);
    }
}
