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
package org.pinion.itests.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands in the order in which they were given to a new Kubo 0.42 without neighbours, and what it answered.
 *
 * @param calls the commands
 */
public record KuboRecording(List<Call> calls) {
    private static final Pattern STREAM_ERROR = Pattern.compile("(?i)x-stream-error: *([^\r\n]+)");
    private static final String BOUNDARY = "recorded";

    /** Copies the list. */
    public KuboRecording {
        calls = List.copyOf(calls);
    }

    /**
     * One command and its answer.
     *
     * @param command with its parameters
     * @param files parts of the request's body; empty = no body
     * @param status HTTP status
     * @param type {@code Content-Type} of the answer
     * @param chunks parts of its body
     * @param trailer its {@code X-Stream-Error}; empty = none
     */
    public record Call(
            String command, List<String> files, int status, String type, List<String> chunks, String trailer) {
        /** Sends the command to a node on loopback, and reads the whole answer. */
        public Call play(int port) throws IOException {
            byte[] body = files.isEmpty() ? new byte[0] : multipart();
            String kind = files.isEmpty() ? "" : "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n";
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(60_000);
                OutputStream out = socket.getOutputStream();
                out.write(("POST /api/v0/" + command + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + kind
                                + "Content-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                out.write(body);
                out.flush();
                InputStream in = socket.getInputStream();
                String head = head(in);
                List<String> parts = new ArrayList<>();
                String rest = "";
                if (head.contains("ransfer-Encoding: chunked")) {
                    rest = readChunks(in, parts);
                } else {
                    parts.add(new String(in.readNBytes(length(head)), StandardCharsets.UTF_8));
                }
                Matcher late = STREAM_ERROR.matcher(rest);
                String type = head.replaceAll("(?is).*\ncontent-type: *([^\r\n]*).*", "$1");
                int code = Integer.parseInt(head.split(" ", 3)[1]);
                return new Call(command, files, code, type, parts, late.find() ? late.group(1) : "");
            }
        }

        private byte[] multipart() {
            StringBuilder body = new StringBuilder();
            for (String file : files) {
                body.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                                + "Content-Type: application/octet-stream\r\n\r\n")
                        .append(file)
                        .append("\r\n");
            }
            return body.append("--" + BOUNDARY + "--\r\n").toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** What is kept beside this class. */
    public static KuboRecording load() {
        try (InputStream in = KuboRecording.class.getResourceAsStream("/kubo/recorded.json")) {
            List<Call> calls = new ArrayList<>();
            for (JsonNode row : new ObjectMapper().readTree(in)) {
                calls.add(new Call(
                        row.get("call").asText(),
                        texts(row.path("files")),
                        row.get("status").asInt(),
                        row.get("type").asText(),
                        texts(row.get("chunks")),
                        row.path("trailer").asText()));
            }
            return new KuboRecording(calls);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.append(line).append("\n");
        }
        return head.toString();
    }

    private static int length(String head) {
        return Integer.parseInt(head.replaceAll("(?is).*\ncontent-length: *(\\d+).*", "$1"));
    }

    /** Reads chunks; gives the trailers behind them. */
    private static String readChunks(InputStream in, List<String> parts) throws IOException {
        for (int size = size(in); size > 0; size = size(in)) {
            parts.add(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            line(in);
        }
        return head(in);
    }

    private static int size(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            throw new IOException("the answer ends in the middle");
        }
        return Integer.parseInt(line, 16);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
