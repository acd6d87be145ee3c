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
package org.pinion.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.adder.AddSource;

/**
 * Sends files and folders as a chunked multipart body, in the form of the reference's client. {@link #run} is for the
 * sender's thread, the rest for the reader's.
 */
final class Upload implements Sending {
    private final AddSource source;
    private final String boundary = "pinion-" + UUID.randomUUID().toString().replace("-", "");
    private boolean started;
    private volatile @Nullable IOException failure;

    Upload(AddSource source) {
        this.source = source;
    }

    @Override
    public boolean start() {
        boolean first = !started;
        started = true;
        return first;
    }

    @Override
    public @Nullable IOException failure() {
        return failure;
    }

    @Override
    public Map<String, String> headers(Map<String, String> common) {
        Map<String, String> all = new LinkedHashMap<>(common);
        all.put("Content-Type", "multipart/form-data; boundary=" + boundary);
        all.put("Transfer-Encoding", "chunked");
        return all;
    }

    @Override
    public void run(HttpConnection connection) {
        ChunkedOutput out = new ChunkedOutput(connection.out());
        try {
            for (AddSource.Entry entry = next(); entry != null; entry = next()) {
                out.text(head(entry));
                copy(entry.content(), out);
                out.text("\r\n");
            }
            out.text("--" + boundary + "--\r\n");
            out.end();
        } catch (SourceFailure e) {
            failure = e.reason();
            connection.close();
        } catch (IOException serverEnded) {
            // the server answers before it closes: the reader will see why
            return;
        }
    }

    /** Separates failures of the source from those of the connection. */
    private static final class SourceFailure extends IOException {
        private static final long serialVersionUID = 1L;

        SourceFailure(IOException reason) {
            super(reason);
        }

        IOException reason() {
            return getCause() instanceof IOException reason ? reason : this;
        }
    }

    private AddSource.@Nullable Entry next() throws SourceFailure {
        try {
            return source.next();
        } catch (IOException e) {
            throw new SourceFailure(e);
        }
    }

    private static void copy(InputStream content, ChunkedOutput out) throws IOException {
        while (true) {
            out.makeRoom();
            try {
                if (!out.read(content)) {
                    return;
                }
            } catch (IOException e) {
                throw new SourceFailure(e);
            }
        }
    }

    private String head(AddSource.Entry entry) {
        String type = switch (entry.kind()) {
            case FILE -> "application/octet-stream";
            case FOLDER -> "application/x-directory";
            case LINK -> "application/symlink";
        };
        String absolute = entry.absolutePath()
                .map(path -> "Abspath-Encoded: " + ClusterClient.encode(path) + "\r\n")
                .orElse("");
        return "--" + boundary + "\r\n" + absolute + "Content-Disposition: form-data; name=\"file\"; filename=\""
                + ClusterClient.encode(entry.path()) + "\"\r\nContent-Type: " + type + "\r\n\r\n";
    }
}
