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
package org.pinion.spi.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** One request and its answer. For one thread at a time. */
@ProviderType
public interface Exchange {
    /** Method, path, query and headers. */
    Request request();

    /** The body; blocks; may be read while the answer is written. */
    InputStream body() throws IOException;

    /**
     * The next bytes of the body, for handlers that pass it on without a thread: valid until the next call, empty at the
     * end. One read at a time; not together with {@link #body}.
     */
    CompletionStage<Optional<ByteBuffer>> read();

    /** Sets the status; before the first {@link #write} only. */
    Exchange status(int status);

    /** Sets a header of the answer; before the first {@link #write} only. */
    Exchange header(String name, String value);

    /**
     * Announces a trailer before the first {@link #write}; its value is given by {@link #trailer} before the end,
     * otherwise it is not sent.
     */
    Exchange announceTrailer(String name);

    /** Sets the value of an announced trailer. */
    Exchange trailer(String name, String value);

    /**
     * Sends bytes; completes when the socket took them. One write at a time. The first write sends status and headers.
     */
    CompletionStage<Void> write(ByteBuffer data);

    /** Whether the first byte was sent. */
    boolean isCommitted();

    /**
     * A bearer token that authenticates as the caller of this request.
     *
     * @param lifetime how long it is valid; null = as long as the caller's password
     * @return empty if the API wants no credentials
     */
    default Optional<String> token(@Nullable Duration lifetime) {
        return Optional.empty();
    }

    /**
     * Registers what ends an answer that otherwise waits for something to happen: called once, on any thread, when the
     * server stops or the client has gone. Not for answers that write steadily: their next write fails.
     */
    default void onStop(Runnable task) {}

    /**
     * The request.
     *
     * @param method upper case
     * @param path decoded
     * @param variables the route's variables, decoded
     * @param query decoded parameters in order
     * @param headers by lower-case name
     * @param rawTarget path and query as sent
     * @param remote the client's address for logs
     */
    record Request(
            String method,
            String path,
            Map<String, String> variables,
            Map<String, List<String>> query,
            Map<String, List<String>> headers,
            String rawTarget,
            String remote) {
        /** The first value of a query parameter, or the empty text. */
        public String parameter(String name) {
            List<String> values = query.get(name);
            return values == null || values.isEmpty() ? "" : values.get(0);
        }

        /** The first value of a header. */
        public Optional<String> header(String lowerCaseName) {
            List<String> values = headers.get(lowerCaseName);
            return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
        }

        /** A variable of the route. */
        public String variable(String name) {
            String value = variables.get(name);
            if (value == null) {
                throw new IllegalArgumentException("route has no variable " + name);
            }
            return value;
        }
    }
}
