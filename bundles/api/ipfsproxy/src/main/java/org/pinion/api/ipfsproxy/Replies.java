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
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.http.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in Kubo's form. */
final class Replies {
    static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.ipfsproxy");
    static final JsonFactory JSON = new JsonFactory();
    static final String STREAM_ERROR = "X-Stream-Error";

    private Replies() {}

    /** Writes a document. */
    interface Document {
        void write(JsonGenerator out) throws IOException;
    }

    static CompletionStage<Void> document(Exchange exchange, int status, Document content) {
        ByteBuffer bytes = bytes(content, "");
        exchange.status(status).header("Content-Length", Integer.toString(bytes.remaining()));
        return exchange.write(bytes);
    }

    /** A failure as Kubo tells it. */
    static CompletionStage<Void> error(Exchange exchange, int status, String message) {
        return document(exchange, status, out -> {
            out.writeStartObject();
            out.writeStringField("Message", message);
            out.writeNumberField("Code", 0);
            out.writeStringField("Type", "error");
            out.writeEndObject();
        });
    }

    /** Bytes of a document and what follows it. */
    static ByteBuffer bytes(Document content, String end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            content.write(out);
            out.writeRaw(end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /** One line of a stream; waits until the client took it. */
    static void line(Exchange exchange, Document content) {
        await(exchange.write(bytes(content, "\n")));
    }

    /** Waits on a worker thread; what is waited for has a bound of its own. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted: the IPFS proxy is stopping", e);
        }
    }

    /** The status for a failure that the client hears of. */
    static int status(ClusterException failure) {
        return failure.code() == ErrorCode.UNAVAILABLE ? ErrorCode.UNAVAILABLE.httpStatus() : 500;
    }

    /** Why the node could not be asked, with its address and what to do. */
    static String unreachable(NodeAddress node, Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = cause instanceof ConnectException || cause instanceof TimeoutException
                ? "cannot be reached"
                : "broke off the request";
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return "the IPFS node at " + node.text() + " " + what + ": " + text
                + "; is it running? its address is api.ipfsproxy.node_multiaddress in service.json";
    }
}
