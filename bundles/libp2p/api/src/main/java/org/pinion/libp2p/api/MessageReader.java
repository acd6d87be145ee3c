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
package org.pinion.libp2p.api;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages with an unsigned varint length before each from a stream. The length is checked before memory is
 * taken. One read at a time, as on the stream; takes over all reading of the stream.
 *
 * <pre>
 * | varint n | n bytes | varint n | n bytes | ...
 * </pre>
 */
public final class MessageReader {
    private static final int MAX_VARINT_BYTES = 5;

    private final Stream stream;
    private final int maxMessageBytes;
    private ByteBuffer input = ByteBuffer.allocate(0);
    private long length;
    private int lengthBytes;
    private byte @Nullable [] message;
    private int filled;

    public MessageReader(Stream stream, int maxMessageBytes) {
        if (maxMessageBytes < 0) {
            throw new IllegalArgumentException("message limit must not be negative: " + maxMessageBytes);
        }
        this.stream = stream;
        this.maxMessageBytes = maxMessageBytes;
    }

    /**
     * The next message, or empty at the end of the stream. Fails with {@link ProtocolException} if a length is over the
     * limit or malformed, or the stream ends inside a message (the caller resets the stream), and as {@link
     * Stream#read}.
     */
    public CompletionStage<Optional<byte[]>> read() {
        CompletableFuture<Optional<byte[]>> result = new CompletableFuture<>();
        pump(result);
        return result;
    }

    /**
     * What was received behind the last message that was read, for who goes on with the stream without messages. This
     * reader must not be used any more then.
     */
    public ByteBuffer leftover() {
        ByteBuffer rest = input;
        input = ByteBuffer.allocate(0);
        return rest;
    }

    /** Loops instead of recursing while data is at hand, so that many tiny buffers cannot exhaust the stack. */
    private void pump(CompletableFuture<Optional<byte[]>> result) {
        while (true) {
            byte[] done;
            try {
                done = parse();
            } catch (ProtocolException e) {
                result.completeExceptionally(e);
                return;
            }
            if (done != null) {
                result.complete(Optional.of(done));
                return;
            }
            CompletableFuture<Optional<ByteBuffer>> next = stream.read().toCompletableFuture();
            if (!next.isDone() || next.isCompletedExceptionally()) {
                next.whenComplete((data, error) -> {
                    if (error != null) {
                        result.completeExceptionally(error);
                    } else if (take(data, result)) {
                        pump(result);
                    }
                });
                return;
            }
            if (!take(next.join(), result)) {
                return;
            }
        }
    }

    private boolean take(Optional<ByteBuffer> data, CompletableFuture<Optional<byte[]>> result) {
        if (data.isPresent()) {
            input = data.get();
            return true;
        }
        if (lengthBytes > 0 || message != null) {
            result.completeExceptionally(ProtocolException.resetStream(
                    "stream " + stream.protocol() + " of " + stream.remotePeer() + " ended inside a message"));
        } else {
            result.complete(Optional.empty());
        }
        return false;
    }

    private byte @Nullable [] parse() {
        while (message == null) {
            if (!input.hasRemaining()) {
                return null;
            }
            readLengthByte(input.get());
        }
        byte[] target = message;
        int n = Math.min(target.length - filled, input.remaining());
        input.get(target, filled, n);
        filled += n;
        if (filled < target.length) {
            return null;
        }
        message = null;
        filled = 0;
        return target;
    }

    private void readLengthByte(byte b) {
        length |= (b & 0x7fL) << (7 * lengthBytes);
        lengthBytes++;
        if (length > maxMessageBytes) {
            throw ProtocolException.resetStream("message of " + length + " bytes or more on " + stream.protocol()
                    + " from " + stream.remotePeer() + ", limit " + maxMessageBytes);
        }
        if (b < 0) {
            if (lengthBytes == MAX_VARINT_BYTES) {
                throw ProtocolException.resetStream(
                        "malformed message length on " + stream.protocol() + " from " + stream.remotePeer());
            }
            return;
        }
        message = new byte[(int) length];
        length = 0;
        lengthBytes = 0;
    }
}
