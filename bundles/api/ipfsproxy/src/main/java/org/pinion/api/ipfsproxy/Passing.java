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
package org.pinion.api.ipfsproxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Exchange;

/**
 * One request on its way to the node, and its answer on the way back, without a thread and with one buffer each way: the
 * next piece is read when the one before was taken. An end of either side ends the other one.
 */
final class Passing implements Response.Listener {
    private static final int LARGE_BYTES = 32 << 10;
    /** A smaller piece with nothing behind it is not part of a bulk transfer. */
    private static final int BULK_BYTES = 16 << 10;

    private final Exchange exchange;
    private final Node.Transfer transfer;
    private final Request request;
    private final Optional<RequestBody> body;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    /** The last byte was written, and the node's answer is complete: both have to come, in any order. */
    private final AtomicInteger missing = new AtomicInteger(1);

    /** It never blocks, so it needs no thread of its own. */
    private final Runnable next = Invocable.from(Invocable.InvocationType.EITHER, this::pump);

    /** The node sends pieces of a few KB; one write for many of them costs a copy and saves most of the time. */
    private @Nullable RetainableByteBuffer batch;

    /** Read, but behind what is in the batch. */
    private Content.@Nullable Chunk held;

    private final EofException left = new EofException("the client has gone");
    private Content.@Nullable Source source;

    /**
     * The batch waited once for more. In a bulk transfer most of the processor's time goes into waking threads for every
     * few KB; a millisecond later there is twenty times as much. Small pieces go out at once.
     */
    private boolean lingered;

    private Passing(Exchange exchange, Node.Transfer transfer, Optional<RequestBody> body) {
        this.transfer = transfer;
        this.exchange = exchange;
        this.request = transfer.request();
        this.body = body;
    }

    /** Sends the client's request on; completes when the answer is written. */
    static CompletableFuture<Void> pass(Exchange exchange, Node node) {
        Exchange.Request from = exchange.request();
        Optional<RequestBody> body = RequestBody.of(exchange);
        Node.Transfer transfer = node.transfer(from.method(), from.rawTarget());
        Passing passing = new Passing(exchange, transfer, body);
        passing.done.whenComplete((nothing, failure) -> transfer.end());
        try {
            passing.start(from);
        } catch (RuntimeException stopped) {
            passing.fail(stopped); // its room goes to the next one, whatever went wrong
            throw stopped;
        }
        return passing.done;
    }

    private void start(Exchange.Request from) {
        Headers.copy(from, request, true);
        body.ifPresent(request::body);
        exchange.onStop(() -> fail(left));
        request.send(this);
        body.ifPresent(RequestBody::start);
    }

    @Override
    public void onHeaders(Response response) {
        exchange.status(response.getStatus());
        Headers.copy(response.getHeaders(), exchange);
    }

    @Override
    public void onContentSource(Response response, Content.Source content) {
        missing.set(2);
        source = content;
        pump();
    }

    @Override
    public void onSuccess(Response response) {
        HttpFields trailers = response.getTrailers();
        if (trailers != null) {
            for (HttpField field : trailers) {
                trailer(field);
            }
        }
        ended();
    }

    @Override
    public void onFailure(Response response, Throwable failure) {
        fail(brokenOff(failure));
    }

    /** Once the client has headers, it can only be told by an answer without its end. */
    private Throwable brokenOff(Throwable failure) {
        return exchange.isCommitted() && failure != left
                ? new IOException("the IPFS node broke off its answer to " + request.getPath(), failure)
                : failure;
    }

    private void trailer(HttpField field) {
        String value = field.getValue();
        try {
            exchange.trailer(field.getName(), value == null ? "" : Headers.text(value));
        } catch (IllegalArgumentException notAnnounced) {
            // cannot be sent any more, as with any other proxy
            Replies.LOG.debug("trailer={} was not announced", field.getName());
        }
    }

    /** Moves what is there; comes back when there is more or the client took something. */
    private void pump() {
        try {
            while (move()) {
                continue;
            }
        } catch (RuntimeException stopped) {
            fail(stopped);
        }
    }

    /** Whether to go on at once. */
    private boolean move() {
        Content.Source from = source;
        if (from == null) {
            return false;
        }
        Content.Chunk chunk = held == null ? from.read() : held;
        held = null;
        if (chunk == null) {
            return pause(from);
        }
        if (Content.Chunk.isFailure(chunk)) {
            freeBatch();
            fail(brokenOff(chunk.getFailure()));
            return false;
        }
        boolean last = chunk.isLast();
        ByteBuffer bytes = chunk.getByteBuffer();
        if (!transfer.isLarge() || isBatchEmpty() && (last || bytes.remaining() >= LARGE_BYTES)) {
            return bytes.hasRemaining() ? write(bytes, chunk, last) : skip(chunk, last);
        }
        ByteBuffer together = batch();
        BufferUtil.append(together, bytes);
        if (bytes.hasRemaining() || last) {
            held = chunk;
            return write(together, null, false);
        }
        chunk.release();
        return true;
    }

    private boolean isBatchEmpty() {
        return batch == null || !batch.hasRemaining();
    }

    private ByteBuffer batch() {
        RetainableByteBuffer open = batch;
        if (open == null) {
            open = transfer.buffer();
            batch = open;
        }
        return open.getByteBuffer();
    }

    /** Never while it is written. */
    private void freeBatch() {
        if (held != null) {
            held.release();
            held = null;
        }
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }

    private boolean skip(Content.Chunk empty, boolean last) {
        empty.release();
        if (last) {
            freeBatch();
            ended();
        }
        return !last;
    }

    /** There is nothing to read: what was collected goes out, then there is time to wait. */
    private boolean pause(Content.Source from) {
        if (!isBatchEmpty()) {
            if (!lingered && batch().remaining() >= BULK_BYTES) {
                lingered = true;
                transfer.soon(next);
                return false;
            }
            lingered = false;
            return write(batch(), null, false);
        }
        lingered = false;
        freeBatch();
        if (exchange.isCommitted()) {
            from.demand(next);
            return false;
        }
        // the client sees the headers before there is content
        return write(BufferUtil.EMPTY_BUFFER.slice(), null, false);
    }

    /** Whether all of it was taken at once and there may be more. */
    private boolean write(ByteBuffer bytes, Content.@Nullable Chunk chunk, boolean last) {
        CompletableFuture<Void> write;
        try {
            write = exchange.write(bytes).toCompletableFuture();
        } catch (RuntimeException stopped) {
            release(chunk);
            freeBatch();
            throw stopped;
        }
        if (!last && write.isDone() && !write.isCompletedExceptionally()) {
            release(chunk);
            return true;
        }
        write.whenComplete((taken, failure) -> {
            release(chunk);
            if (failure != null) {
                freeBatch();
                fail(failure);
            } else if (last) {
                freeBatch();
                ended();
            } else {
                pump();
            }
        });
        return false;
    }

    /** Frees what was written. */
    private void release(Content.@Nullable Chunk chunk) {
        if (chunk != null) {
            chunk.release();
        } else if (batch != null) {
            BufferUtil.clear(batch.getByteBuffer());
        }
    }

    private void ended() {
        if (missing.decrementAndGet() > 0) {
            return;
        }
        done.complete(null);
        if (body.isPresent() && !body.get().isEnded()) {
            request.abort(new IOException("the IPFS node answered before it had the whole body"));
        }
    }

    private void fail(Throwable failure) {
        if (done.completeExceptionally(failure)) {
            request.abort(failure);
        }
    }
}
