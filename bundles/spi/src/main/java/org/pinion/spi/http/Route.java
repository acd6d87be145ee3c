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

import java.util.concurrent.CompletionStage;

/**
 * One route.
 *
 * @param name name for logs and documentation, for example {@code ID}
 * @param method HTTP method in upper case
 * @param path segments with variables in braces: {@code /pins/{hash}}; a last variable {@code {path...}} takes the rest
 * @param handler what answers
 */
public record Route(String name, String method, String path, Handler handler) {
    /** Answers a request. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Runs on one of the server's worker threads and may block on body, disk and {@code Exchange.write}. The
         * exchange ends when the returned stage completes; a failure before the first byte becomes
         * {@link HttpApi#fail}, one after it a broken stream with the {@code X-Stream-Error} trailer.
         */
        CompletionStage<Void> handle(Exchange exchange) throws Exception;
    }
}
