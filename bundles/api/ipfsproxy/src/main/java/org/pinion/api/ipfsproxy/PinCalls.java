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

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;

/** Commands for pins: they act on the cluster's pin set. */
final class PinCalls {
    private static final int CHUNK_BYTES = 32 << 10;

    private final Components components;

    PinCalls(Components components) {
        this.components = components;
    }

    CompletionStage<Void> add(Exchange exchange, @Nullable String segment) {
        String path = path(exchange, segment);
        PinOptions options = PinOptions.builder()
                .mode(PinMode.ofText(exchange.request().parameter("type")))
                .build();
        return components.pinset().pinPath(path, options).thenCompose(pin -> pins(exchange, pin.cid()));
    }

    CompletionStage<Void> remove(Exchange exchange, @Nullable String segment) {
        return components.pinset().unpinPath(path(exchange, segment)).thenCompose(pin -> pins(exchange, pin.cid()));
    }

    /** The new pin is there before the old one goes. */
    CompletionStage<Void> update(Exchange exchange) {
        List<String> paths = exchange.request().query().getOrDefault("arg", List.of());
        if (paths.size() < 2) {
            String missing = paths.isEmpty() ? "from-path" : "to-path";
            return Replies.error(exchange, 400, "argument \"" + missing + "\" is required");
        }
        String from = path(paths.get(0), "error parsing \"from-path\" argument: ");
        String to = path(paths.get(1), "error parsing \"to-path\" argument: ");
        boolean unpin = !exchange.request().parameter("unpin").equals("false");
        return components.swarm().resolve(from).thenCompose(old -> {
            PinOptions options = PinOptions.builder().pinUpdate(old).build();
            return components
                    .pinset()
                    .pinPath(to, options)
                    .thenCompose(pin -> unpin
                            ? components.pinset().unpin(old).thenApply(gone -> pin)
                            : CompletableFuture.completedFuture(pin))
                    .thenCompose(pin -> pins(exchange, old, pin.cid()));
        });
    }

    CompletionStage<Void> list(Exchange exchange, @Nullable String segment) {
        String argument = segment == null ? exchange.request().parameter("arg") : segment;
        boolean stream = exchange.request().parameter("stream").equals("true")
                || exchange.request().parameter("s").equals("true");
        if (!argument.isEmpty()) {
            return one(exchange, argument, stream);
        }
        return stream ? lines(exchange) : all(exchange);
    }

    private CompletionStage<Void> one(Exchange exchange, String argument, boolean stream) {
        Cid cid;
        try {
            cid = Cid.parse(argument);
        } catch (IllegalArgumentException e) {
            return Replies.error(exchange, 500, "invalid cid: " + e.getMessage());
        }
        Optional<Pin> found = components.pinset().get(cid);
        if (found.isEmpty()) {
            return Replies.error(exchange, 500, "Error: path '" + argument + "' is not pinned");
        }
        Pin pin = found.get();
        return stream ? raw(exchange, line(pin)) : raw(exchange, "{\"Keys\":{" + key(pin) + "}}");
    }

    /** Pulled as the client takes it; a failure in the middle leaves the document without its end. */
    private CompletionStage<Void> all(Exchange exchange) {
        try (Cursor<Pin> pins = components.pinset().list(null)) {
            StringBuilder out = new StringBuilder("{\"Keys\":{");
            boolean first = true;
            for (Pin pin = pins.next(); pin != null; pin = pins.next()) {
                out.append(first ? "" : ",").append(key(pin));
                first = false;
                flush(exchange, out, CHUNK_BYTES);
            }
            flush(exchange, out.append("}}"), 1);
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> lines(Exchange exchange) {
        exchange.announceTrailer(Replies.STREAM_ERROR);
        try (Cursor<Pin> pins = components.pinset().list(null)) {
            StringBuilder out = new StringBuilder();
            for (Pin pin = pins.next(); pin != null; pin = pins.next()) {
                flush(exchange, out.append(line(pin)).append('\n'), CHUNK_BYTES);
            }
            flush(exchange, out, 1);
        } catch (ClusterException failed) {
            exchange.trailer(Replies.STREAM_ERROR, failed.getMessage());
        }
        return CompletableFuture.completedFuture(null);
    }

    private static void flush(Exchange exchange, StringBuilder out, int atLeast) {
        if (out.length() >= atLeast) {
            Replies.await(exchange.write(ascii(out)));
            out.setLength(0);
        }
    }

    private static ByteBuffer ascii(CharSequence text) {
        return java.nio.charset.StandardCharsets.US_ASCII.encode(text.toString());
    }

    /** Clients know every pin as recursive here. */
    private static String key(Pin pin) {
        return "\"" + pin.cid() + "\":{\"Type\":\"recursive\"}";
    }

    private static String line(Pin pin) {
        return "{\"Cid\":\"" + pin.cid() + "\",\"Type\":\""
                + pin.options().mode().text() + "\"}";
    }

    private static CompletionStage<Void> raw(Exchange exchange, String text) {
        exchange.header("Content-Length", Integer.toString(text.length()));
        return exchange.write(ascii(text));
    }

    private static CompletionStage<Void> pins(Exchange exchange, Cid... cids) {
        return Replies.document(exchange, 200, out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("Pins");
            for (Cid cid : cids) {
                out.writeString(cid.toString());
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private static String path(Exchange exchange, @Nullable String segment) {
        String text = segment == null ? exchange.request().parameter("arg") : segment;
        return path(text, "Error parsing IPFS Path: ");
    }

    private static String path(String text, String prefix) {
        try {
            return ContentPaths.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, prefix + e.getMessage(), e);
        }
    }
}
