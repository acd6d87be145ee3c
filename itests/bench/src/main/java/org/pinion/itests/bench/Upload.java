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
package org.pinion.itests.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.ObjIntConsumer;

/** Large uploads to Kubo's RPC API over a bare socket, so that the client takes little. */
final class Upload {
    static final int MEGABYTE = 1 << 20;
    private static final String BOUNDARY = "pinion-bench";

    private Upload() {}

    /** Adds one file and gives its CID. */
    static String add(int port, String options, int megabytes, ObjIntConsumer<byte[]> content) throws IOException {
        return send(port, "/api/v0/add?pin=false&" + options, 1, megabytes, content)
                .replaceFirst("(?s).*\"Hash\":\"([^\"]*)\".*", "$1");
    }

    /**
     * Sends files of the same size in one request and gives the answer.
     *
     * @param content fills the next megabyte, which holds the last one, and gets how many there were before
     */
    static String send(int port, String target, int files, int megabytes, ObjIntConsumer<byte[]> content)
            throws IOException {
        byte[] piece = new byte[MEGABYTE];
        String part = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        String end = "--" + BOUNDARY + "--\r\n";
        long length = (long) files * (part.length() + (long) megabytes * MEGABYTE + 2) + end.length();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length
                            + "\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n\r\n");
            for (int file = 0; file < files; file++) {
                write(out, part);
                for (int i = 0; i < megabytes; i++) {
                    content.accept(piece, file * megabytes + i);
                    out.write(piece);
                }
                write(out, "\r\n");
            }
            write(out, end);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(target + ": " + answer);
            }
            return answer;
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
