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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddQuery;
import org.pinion.spi.adder.PartSource;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.MultipartReader;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/** Adding content. The answer is written while the body is still read. */
final class AddRoutes {
    private static final int MAX_ADDS = 64;
    private static final int LINE_BYTES = 1024;
    private static final int MAX_BUFFERED_BYTES = 64 << 20;

    private final Components components;
    private final Executors executors;
    private final Semaphore slots = new Semaphore(MAX_ADDS);

    AddRoutes(Components components, Executors executors) {
        this.components = components;
        this.executors = executors;
    }

    List<Route> routes() {
        return List.of(new Route("Add", "POST", "/add", this::limited));
    }

    /** Slow clients must not take all threads of the API. */
    private CompletionStage<Void> limited(Exchange exchange) throws IOException {
        if (!slots.tryAcquire()) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, MAX_ADDS + " adds run already, the most at once; try again");
        }
        try {
            return add(exchange);
        } finally {
            slots.release();
        }
    }

    private CompletionStage<Void> add(Exchange exchange) throws IOException {
        Exchange.Request request = exchange.request();
        MultipartReader parts = new MultipartReader(
                exchange.body(), request.header("content-type").orElse(""));
        AddParams params = AddQuery.read(request, executors.clock().instant());
        boolean streamed = PinParameters.bool(request, "stream-channels", true);
        PartSource source = new PartSource(parts);
        try {
            source.begin();
        } catch (IOException e) {
            throw PinParameters.bad(String.valueOf(e.getMessage()));
        }
        return streamed ? stream(exchange, source, params) : collect(exchange, source, params);
    }

    private CompletionStage<Void> stream(Exchange exchange, PartSource source, AddParams params) throws IOException {
        exchange.header("Content-Type", "application/json")
                .header("Cache-Control", "no-cache")
                .header("Connection", "close")
                .header("X-Chunked-Output", "1")
                .announceTrailer(Replies.STREAM_ERROR);
        Replies.await(exchange.write(ByteBuffer.allocate(0)));
        JsonBuffer line = Replies.buffer(exchange, LINE_BYTES);
        components.adder().add(source, params, added -> {
            line.clear();
            JsonRecords.added(line, added);
            line.raw('\n');
            Replies.await(exchange.write(line.view()));
        });
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> collect(Exchange exchange, PartSource source, AddParams params) throws IOException {
        JsonBuffer all = Replies.buffer(exchange, LINE_BYTES);
        AddOutput output = added -> {
            if (all.size() > MAX_BUFFERED_BYTES) {
                throw new ClusterException(
                        ErrorCode.TOO_LARGE,
                        "more than " + MAX_BUFFERED_BYTES + " bytes of output; use stream-channels=true");
            }
            all.raw(all.size() == 0 ? '[' : ',');
            JsonRecords.added(all, added);
        };
        try {
            components.adder().add(source, params, output);
        } catch (ClusterException e) {
            // what only shows while content is added is 500 here, as clients of the reference know it
            throw e.code() == ErrorCode.BAD_REQUEST
                    ? new ClusterException(ErrorCode.INTERNAL, String.valueOf(e.getMessage()), e)
                    : e;
        }
        all.raw(all.size() == 0 ? "null\n" : "]\n");
        exchange.header("Content-Type", "application/json")
                .header("Cache-Control", "no-cache")
                .header("Connection", "close")
                .header("Content-Length", Integer.toString(all.size()));
        return exchange.write(all.view());
    }
}
