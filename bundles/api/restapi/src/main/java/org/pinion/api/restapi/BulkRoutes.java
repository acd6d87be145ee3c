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

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/**
 * Many pins or unpins in one request, a line each, with a line of result for each, in the same order. Results are written
 * while lines are still read; a bounded number is under way.
 */
final class BulkRoutes {
    private static final int AT_ONCE = 512;
    private static final int MAX_LINE_BYTES = 64 << 10;
    private static final long WAIT_SECONDS = 120;

    private final Components components;
    private final Executors executors;

    BulkRoutes(Components components, Executors executors) {
        this.components = components;
        this.executors = executors;
    }

    List<Route> routes() {
        return List.of(
                new Route("BulkPin", "POST", "/bulk/pin", exchange -> run(exchange, true)),
                new Route("BulkUnpin", "POST", "/bulk/unpin", exchange -> run(exchange, false)));
    }

    /** A line under way. */
    private record Work(int line, @Nullable BulkItem item, CompletableFuture<Pin> pin) {}

    private CompletionStage<Void> run(Exchange exchange, boolean pinning) throws IOException {
        Function<BulkItem, CompletionStage<Pin>> action = pinning
                ? item -> components.pinset().pin(Pin.of(item.cid(), item.options()))
                : item -> components.pinset().unpin(item.cid());
        LineReader lines = new LineReader(exchange.body(), MAX_LINE_BYTES);
        exchange.header("Content-Type", "application/json").announceTrailer(Replies.STREAM_ERROR);
        LineWriter out = new LineWriter(exchange, executors);
        Deque<Work> underWay = new ArrayDeque<>();
        int number = 0;
        boolean any = false;
        for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
            number++;
            if (!line.isBlank()) {
                any = true;
                underWay.add(start(number, line, action));
            }
            boolean idle = lines.mayWait();
            while (underWay.size() >= AT_ONCE || (idle && !underWay.isEmpty())) {
                write(out, underWay.remove(), pinning);
            }
            if (idle) {
                // whoever waits for results before sending more gets them
                out.finish();
            }
        }
        while (!underWay.isEmpty()) {
            write(out, underWay.remove(), pinning);
        }
        out.finish();
        if (!any) {
            exchange.status(204);
        } else {
            exchange.trailer(Replies.STREAM_ERROR, "");
        }
        return CompletableFuture.completedFuture(null);
    }

    private Work start(int number, LineReader.Line line, Function<BulkItem, CompletionStage<Pin>> action) {
        BulkItem item = null;
        try {
            if (line.tooLong()) {
                throw PinParameters.bad("line is longer than " + MAX_LINE_BYTES + " bytes");
            }
            item = BulkItem.parse(line.bytes(), executors.clock().instant());
            return new Work(number, item, action.apply(item).toCompletableFuture());
        } catch (RuntimeException e) {
            return new Work(number, item, CompletableFuture.failedFuture(e));
        }
    }

    private static void write(LineWriter out, Work work, boolean submitted) {
        JsonBuffer line = out.buffer();
        BulkItem item = work.item;
        line.raw("{\"line\":").number(work.line);
        if (item != null) {
            JsonRecords.cid(line.raw(",\"cid\":"), item.cid());
        }
        try {
            Pin pin = work.pin.get(WAIT_SECONDS, TimeUnit.SECONDS);
            JsonRecords.pin(line.raw(",\"pin\":"), pin, submitted);
        } catch (ExecutionException e) {
            error(line, ClusterException.of(e));
        } catch (TimeoutException e) {
            error(line, new ClusterException(ErrorCode.TIMEOUT, "no result within " + WAIT_SECONDS + " s", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while waiting for results", e);
        }
        line.raw('}');
        out.endLine();
    }

    private static void error(JsonBuffer line, ClusterException failure) {
        JsonRecords.error(line.raw(",\"error\":"), failure.code().httpStatus(), String.valueOf(failure.getMessage()));
    }
}
