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
package org.pinion.itests.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** One {@code POST /add} over a plain socket, so that anything can be sent, and trailers be seen. */
final class AddRequest {
    static final String BOUNDARY = "the-boundary";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MILLIS = 120_000;

    private AddRequest() {}

    /** Writes the body of a request. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * An answer.
     *
     * @param trailers by lower-case name
     */
    record Answer(int status, Map<String, String> headers, String body, Map<String, String> trailers) {
        List<JsonNode> lines() throws IOException {
            return JSON.readerFor(JsonNode.class).<JsonNode>readValues(body).readAll();
        }

        /** What went wrong: from the trailer, or from the error object. */
        String error() throws IOException {
            return status == 200
                    ? trailers.getOrDefault("x-stream-error", "")
                    : JSON.readTree(body).path("message").asText();
        }
    }

    /** Sends a body in chunks, reads the answer meanwhile. */
    static Answer send(int port, String query, Body body) throws IOException {
        try (Socket socket = open(port, query)) {
            // the server may answer while it reads; without somebody to read that, both would wait
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    OutputStream out = chunks(socket.getOutputStream());
                    body.writeTo(out);
                    out.close();
                } catch (IOException refused) {
                    // the answer says why
                }
            });
            Answer answer = read(new BufferedInputStream(socket.getInputStream()));
            sending.cancel(true);
            return answer;
        }
    }

    /** A connection on which the head of a request was sent. */
    static Socket open(int port, String query) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        String head = "POST /add" + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: multipart/form-data; boundary=" + BOUNDARY
                + "\r\nTransfer-Encoding: chunked\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** What is written goes out in chunks of HTTP; closing it ends the body. */
    static OutputStream chunks(OutputStream to) {
        return new BufferedOutputStream(
                new OutputStream() {
                    @Override
                    public void write(int one) throws IOException {
                        write(new byte[] {(byte) one}, 0, 1);
                    }

                    @Override
                    public void write(byte[] from, int offset, int count) throws IOException {
                        if (count > 0) {
                            to.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                            to.write(from, offset, count);
                            to.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
                            to.flush();
                        }
                    }

                    @Override
                    public void close() throws IOException {
                        to.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                        to.flush();
                    }
                },
                1 << 16);
    }

    /** Writes the head of a part. */
    static void part(OutputStream out, String path, String type) throws IOException {
        String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + path
                + "\"\r\nContent-Type: " + type + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.UTF_8));
    }

    static void file(OutputStream out, String path, byte[] content) throws IOException {
        part(out, path, "application/octet-stream");
        out.write(content);
        out.write('\r');
        out.write('\n');
    }

    static void end(OutputStream out) throws IOException {
        out.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The body with one file. */
    static Body file(String path, byte[] content) {
        return out -> {
            file(out, path, content);
            end(out);
        };
    }

    /** The content that recorded CIDs were made of: SHA-256 of seed and counter, one after another. */
    static byte[] content(String seed, int size) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer content = ByteBuffer.allocate(size + 31 & ~31);
            for (long counter = 0; content.hasRemaining(); counter++) {
                digest.update(seed.getBytes(StandardCharsets.UTF_8));
                content.put(digest.digest(
                        ByteBuffer.allocate(Long.BYTES).putLong(counter).array()));
            }
            return Arrays.copyOf(content.array(), size);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            throw new IOException("the connection was closed without an answer");
        }
        Map<String, String> headers = fields(in);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Map<String, String> trailers = new TreeMap<>();
        if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            for (int size = size(in); size > 0; size = size(in)) {
                body.write(in.readNBytes(size));
                line(in);
            }
            trailers = fields(in);
        } else {
            // such an answer may leave the connection open
            body.write(in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        int status = Integer.parseInt(first.split(" ")[1]);
        return new Answer(status, headers, body.toString(StandardCharsets.UTF_8), trailers);
    }

    private static int size(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            throw new IOException("the answer broke off");
        }
        return Integer.parseInt(line, 16);
    }

    private static Map<String, String> fields(InputStream in) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return fields;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
