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
package org.pinion.api.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests that Jetty itself refuses, for example with oversized headers: one line of plain text. */
final class PlainErrors extends ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");
    private static final HttpField PLAIN = new HttpField(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    private static final HttpField CLOSE = new HttpField(HttpHeader.CONNECTION, "close");

    private final String api;
    private final BooleanSupplier stopping;

    /**
     * Makes them for one API.
     *
     * @param stopping whether the API goes: what fails then is no fault of the server
     */
    PlainErrors(String api, BooleanSupplier stopping) {
        this.api = api;
        this.stopping = stopping;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (response.getStatus() == HttpStatus.URI_TOO_LONG_414) {
            // the reference counts the request line as part of the headers
            response.setStatus(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431);
        }
        if (response.getStatus() == HttpStatus.INTERNAL_SERVER_ERROR_500) {
            Object cause = request.getAttribute(ERROR_EXCEPTION);
            if (stopping.getAsBoolean()) {
                LOG.debug("api={} failed on {} while it stopped: {}", api, request.getHttpURI(), cause);
                response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
            } else {
                LOG.warn(
                        "api={} status=500 path={} error={}",
                        api,
                        request.getHttpURI().getPath(),
                        cause);
            }
        }
        response.getHeaders().put(PLAIN);
        response.getHeaders().put(CLOSE);
        response.write(true, text(response.getStatus()), callback);
        return true;
    }

    private static ByteBuffer text(int status) {
        String line = status + " " + HttpStatus.getMessage(status) + "\n";
        return ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    }
}
