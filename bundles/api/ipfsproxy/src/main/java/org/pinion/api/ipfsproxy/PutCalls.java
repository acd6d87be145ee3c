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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.Exchange;

/** {@code block/put} and {@code dag/put} with {@code pin=true}: the node stores, the cluster pins what it names. */
final class PutCalls {
    /** Putting lasts as long as the client sends. */
    private static final long FOR_EVER_DAYS = 3650;

    private static final int MAX_TEXT_CHARS = 64 << 10;
    private static final int COPY_BYTES = 32 << 10;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_TEXT_CHARS)
                    .maxNestingDepth(16)
                    .build())
            .build();

    private final Components components;
    private final Node node;

    PutCalls(Components components, Node node) {
        this.components = components;
        this.node = node;
    }

    static boolean isPinned(Exchange exchange) {
        return exchange.request().parameter("pin").equals("true");
    }

    CompletionStage<Void> block(Exchange exchange) throws IOException {
        return put(exchange, exchange.request().rawTarget(), "Key");
    }

    /** The node does not pin it: the cluster will have it pinned where it belongs. */
    CompletionStage<Void> dag(Exchange exchange) throws IOException {
        return put(exchange, unpinned(exchange.request().rawTarget()), "Cid");
    }

    static String unpinned(String target) {
        int question = target.indexOf('?');
        List<String> kept = new ArrayList<>();
        for (String pair : target.substring(question + 1).split("&")) {
            if (!pair.isEmpty() && !pair.equals("pin") && !pair.startsWith("pin=")) {
                kept.add(pair);
            }
        }
        kept.add("pin=false");
        return target.substring(0, question) + "?" + String.join("&", kept);
    }

    private CompletionStage<Void> put(Exchange exchange, String target, String key) throws IOException {
        Request request = node.request(exchange.request().method(), target);
        Headers.copy(exchange.request(), request, false);
        Optional<RequestBody> body = RequestBody.of(exchange);
        body.ifPresent(request::body);
        exchange.onStop(() -> request.abort(new IOException("the client has gone")));
        try (InputStreamResponseListener listener = new InputStreamResponseListener()) {
            request.send(listener);
            body.ifPresent(RequestBody::start);
            Response response = listener.get(FOR_EVER_DAYS, TimeUnit.DAYS);
            try (InputStream answer = listener.getInputStream()) {
                if (response.getStatus() == 200) {
                    pinned(exchange, answer, key);
                } else {
                    exchange.status(response.getStatus());
                    copy(answer, exchange);
                }
            }
            return CompletableFuture.completedFuture(null);
        } catch (ExecutionException | TimeoutException e) {
            throw new ClusterException(
                    ErrorCode.INTERNAL,
                    Replies.unreachable(node.address(), e.getCause() == null ? e : e.getCause()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted: the IPFS proxy is stopping", e);
        } finally {
            request.abort(new IOException("the answer is not wanted any more"));
        }
    }

    private static void copy(InputStream from, Exchange to) throws IOException {
        byte[] buffer = new byte[COPY_BYTES];
        for (int size = from.read(buffer); size >= 0; size = from.read(buffer)) {
            Replies.await(to.write(ByteBuffer.wrap(buffer, 0, size)));
        }
    }

    /** Pins each object that the node names and tells it to the client; what fails is told at the end. */
    private void pinned(Exchange exchange, InputStream answer, String key) {
        exchange.announceTrailer(Replies.STREAM_ERROR);
        Replies.await(exchange.write(ByteBuffer.allocate(0)));
        List<String> failures = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(answer)) {
            while (parser.nextToken() != null) {
                Stored stored = Stored.read(parser, key);
                try {
                    Replies.await(components.pinset().pin(Pin.of(stored.cid(), PinOptions.NONE)));
                } catch (ClusterException e) {
                    failures.add(e.getMessage());
                }
                Replies.line(exchange, out -> {
                    out.writeStartObject();
                    out.writeFieldName(key);
                    if (stored.size() == null) {
                        RepoCalls.cid(out, stored.cid());
                    } else {
                        out.writeString(stored.cid().toString());
                        out.writeNumberField("Size", stored.size());
                    }
                    out.writeEndObject();
                });
            }
        } catch (IOException | IllegalArgumentException e) {
            failures.add("the IPFS node's answer cannot be read: " + e.getMessage());
        }
        if (!failures.isEmpty()) {
            exchange.trailer(
                    Replies.STREAM_ERROR,
                    failures.get(0) + (failures.size() == 1 ? "" : " (and " + (failures.size() - 1) + " more)"));
        }
    }

    /**
     * What the node stored.
     *
     * @param cid its CID
     * @param size bytes of a block; null for a node of a DAG
     */
    private record Stored(Cid cid, @Nullable Integer size) {
        /** Reads {@code {"Key":"<cid>","Size":n}} or {@code {"Cid":{"/":"<cid>"}}}. */
        static Stored read(JsonParser parser, String key) throws IOException {
            String text = "";
            int size = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals(key) && token == JsonToken.START_OBJECT) {
                    parser.nextToken();
                    text = String.valueOf(parser.nextTextValue());
                    parser.nextToken();
                } else if (name.equals(key)) {
                    text = parser.getText();
                } else if (name.equals("Size") && token.isNumeric()) {
                    size = parser.getIntValue();
                } else {
                    parser.skipChildren();
                }
            }
            return new Stored(Cid.parse(text), key.equals("Key") ? size : null);
        }
    }
}
