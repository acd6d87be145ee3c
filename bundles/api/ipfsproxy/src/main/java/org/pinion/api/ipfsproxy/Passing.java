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
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Exchange;

/**
 * One request on its way to the node, and its answer on the way back, without a thread and with one buffer each way: the
 * next piece is read when the one before was taken. An end of either side ends the other one.
 */
final class Passing implements Response.Listener {
    private final Exchange exchange;
    private final Request request;
    private final Optional<RequestBody> body;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    /** The last byte was written, and the node's answer is complete: both have to come, in any order. */
    private final AtomicInteger missing = new AtomicInteger(1);

    private final EofException left = new EofException("the client has gone");
    private Content.@Nullable Source source;

    private Passing(Exchange exchange, Request request) {
        this.exchange = exchange;
        this.request = request;
        this.body = RequestBody.of(exchange);
    }

    /** Sends the client's request on; completes when the answer is written. */
    static CompletableFuture<Void> pass(Exchange exchange, Node node) {
        Exchange.Request from = exchange.request();
        Request request = node.request(from.method(), from.rawTarget());
        Headers.copy(from, request, true);
        Passing passing = new Passing(exchange, request);
        passing.body.ifPresent(request::body);
        exchange.onStop(() -> passing.fail(passing.left));
        request.send(passing);
        passing.body.ifPresent(RequestBody::start);
        return passing.done;
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
        Content.Chunk chunk = from.read();
        if (chunk == null) {
            if (exchange.isCommitted()) {
                from.demand(this::pump);
            } else {
                // the client sees the headers before there is content
                written(exchange.write(BufferUtil.EMPTY_BUFFER.slice()).toCompletableFuture(), null, false);
            }
            return false;
        }
        if (Content.Chunk.isFailure(chunk)) {
            fail(brokenOff(chunk.getFailure()));
            return false;
        }
        boolean last = chunk.isLast();
        ByteBuffer bytes = chunk.getByteBuffer();
        if (!bytes.hasRemaining()) {
            chunk.release();
            if (last) {
                ended();
            }
            return !last;
        }
        CompletableFuture<Void> write;
        try {
            write = exchange.write(bytes).toCompletableFuture();
        } catch (RuntimeException stopped) {
            chunk.release();
            throw stopped;
        }
        if (last || !write.isDone() || write.isCompletedExceptionally()) {
            written(write, chunk, last);
            return false;
        }
        chunk.release();
        return true;
    }

    private void written(CompletableFuture<Void> write, Content.@Nullable Chunk chunk, boolean last) {
        write.whenComplete((taken, failure) -> {
            if (chunk != null) {
                chunk.release();
            }
            if (failure != null) {
                fail(failure);
            } else if (last) {
                ended();
            } else {
                pump();
            }
        });
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
