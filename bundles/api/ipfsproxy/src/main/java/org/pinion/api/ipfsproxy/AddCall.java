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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddQuery;
import org.pinion.spi.adder.PartSource;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HeaderValue;
import org.pinion.spi.http.MultipartReader;
import org.pinion.spi.http.PinParameters;

/** Kubo's {@code add}, done by the cluster's adder. The answer is written while the body is still read. */
final class AddCall {
    private static final int MAX_BUFFERED_BYTES = 64 << 20;

    private final Components components;
    private final InstantSource clock;

    AddCall(Components components, InstantSource clock) {
        this.components = components;
        this.clock = clock;
    }

    CompletionStage<Void> add(Exchange exchange) throws IOException {
        Exchange.Request request = exchange.request();
        MultipartReader parts = parts(exchange);
        if (request.parameter("only-hash").equals("true")) {
            return Replies.error(exchange, 500, "only-hash is not supported when adding to cluster");
        }
        AddParams params;
        boolean stream;
        try {
            params = params(request);
            stream = PinParameters.bool(request, "stream-channels", true);
        } catch (ClusterException e) {
            return Replies.error(exchange, 500, "error parsing options:" + e.getMessage());
        }
        PartSource source = new PartSource(parts);
        source.begin();
        exchange.header("Cache-Control", "no-cache").header("Connection", "close");
        return stream ? stream(exchange, source, params) : collect(exchange, source, params);
    }

    private static MultipartReader parts(Exchange exchange) throws IOException {
        String type = exchange.request().header("content-type").orElse("");
        try {
            return new MultipartReader(exchange.body(), type);
        } catch (ClusterException e) {
            String reason = HeaderValue.parse(type).value().startsWith("multipart/")
                    ? "no multipart boundary param in Content-Type"
                    : "request Content-Type isn't multipart/form-data";
            throw new ClusterException(ErrorCode.BAD_REQUEST, "error reading request: " + reason, e);
        }
    }

    private AddParams params(Exchange.Request request) {
        AddParams read = AddQuery.read(request, clock.instant());
        boolean trickle = request.parameter("trickle").equals("true");
        boolean unpinned = request.parameter("pin").equals("false");
        return new AddParams(
                read.pin(),
                read.format(),
                trickle ? "trickle" : read.layout(),
                read.chunker(),
                read.rawLeaves(),
                read.cidVersion(),
                read.hash(),
                read.wrap(),
                read.hidden(),
                read.progress(),
                read.shard(),
                read.local(),
                read.noCopy(),
                read.noPin() || unpinned,
                read.inlineLimitBytes());
    }

    /** What fails from here on is told in the trailer. */
    private CompletionStage<Void> stream(Exchange exchange, PartSource source, AddParams params) {
        exchange.header("X-Chunked-Output", "1").announceTrailer(Replies.STREAM_ERROR);
        Replies.await(exchange.write(ByteBuffer.allocate(0)));
        try {
            components.adder().add(source, params, line -> Replies.line(exchange, out -> write(out, line)));
        } catch (IOException | RuntimeException e) {
            ClusterException failure = ClusterException.of(e);
            Replies.LOG.warn("add failed: {}", failure.getMessage());
            exchange.trailer(Replies.STREAM_ERROR, failure.getMessage());
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> collect(Exchange exchange, PartSource source, AddParams params) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        AddOutput output = line -> {
            if (all.size() > MAX_BUFFERED_BYTES) {
                throw new ClusterException(
                        ErrorCode.TOO_LARGE,
                        "more than " + MAX_BUFFERED_BYTES + " bytes of output; use stream-channels=true");
            }
            all.write(all.size() == 0 ? '[' : ',');
            all.writeBytes(Replies.bytes(out -> write(out, line), "").array());
        };
        try {
            components.adder().add(source, params, output);
        } catch (IOException | RuntimeException e) {
            // the REST API's form, as in the reference
            String message = ClusterException.of(e).getMessage();
            return Replies.document(exchange, 500, out -> {
                out.writeStartObject();
                out.writeNumberField("code", 500);
                out.writeStringField("message", message);
                out.writeEndObject();
            });
        }
        all.writeBytes((all.size() == 0 ? "null\n" : "]\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        exchange.header("Content-Length", Integer.toString(all.size()));
        return exchange.write(ByteBuffer.wrap(all.toByteArray()));
    }

    private static void write(com.fasterxml.jackson.core.JsonGenerator out, AddOutput.Added line) throws IOException {
        out.writeStartObject();
        out.writeStringField("Name", line.name());
        if (line.cid() != null) {
            out.writeStringField("Hash", line.cid().toString());
        }
        if (line.bytes() != 0) {
            out.writeNumberField("Bytes", line.bytes());
        }
        if (line.size() != 0) {
            out.writeStringField("Size", Long.toUnsignedString(line.size()));
        }
        out.writeEndObject();
    }
}
