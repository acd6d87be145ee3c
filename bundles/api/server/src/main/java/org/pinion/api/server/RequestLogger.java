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

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per request in the common log format, to a file or to a logger at level info. Any thread. */
final class RequestLogger implements RequestLog, AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneId.systemDefault());

    private final Logger log;
    private final @Nullable BufferedWriter file;
    private boolean broken;

    /** Opens the file at its end; an absent one is made. */
    RequestLogger(String api, Optional<Path> path) throws IOException {
        this.log = LoggerFactory.getLogger("org.pinion.api." + api + "log");
        this.file = path.isEmpty()
                ? null
                : Files.newBufferedWriter(
                        path.get(),
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
    }

    @Override
    public void log(Request request, Response response) {
        if (file == null && !log.isInfoEnabled()) {
            return;
        }
        String line = Request.getRemoteAddr(request) + " - - ["
                + TIME.format(Instant.ofEpochMilli(Request.getTimeStamp(request))) + "] \"" + request.getMethod() + ' '
                + target(request.getHttpURI().getPathQuery()) + ' '
                + request.getConnectionMetaData().getHttpVersion().asString() + "\" " + response.getStatus() + ' '
                + Response.getContentBytesWritten(response);
        if (file == null) {
            log.info(line);
        } else {
            append(file, line);
        }
    }

    /** Control characters and quotes would let a client forge lines. */
    private static String target(@Nullable String raw) {
        if (raw == null) {
            return "-";
        }
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c < ' ' || c == 127 || c == '"' || c == '\\') {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private synchronized void append(BufferedWriter out, String line) {
        try {
            out.write(line);
            out.write('\n');
            out.flush();
            broken = false;
        } catch (IOException e) {
            if (!broken) {
                log.warn("request log cannot be written: {}", e.toString());
            }
            broken = true;
        }
    }

    @Override
    public synchronized void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                log.warn("request log cannot be closed: {}", e.toString());
            }
        }
    }
}
