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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A node made of bytes: each connection is served by the test's script, after the head of the request was read. */
final class FakeKubo implements AutoCloseable {
    /** Heads of the requests that came. */
    final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    final List<String> options = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final Script script;

    /** Answers one request. */
    interface Script {
        void serve(String head, InputStream in, Socket socket) throws Exception;
    }

    FakeKubo(Script script) {
        this.script = script;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "fake-kubo");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                daemon(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                if (head.startsWith("OPTIONS /api/v0/")
                        && head.toLowerCase(java.util.Locale.ROOT).contains("access-control-request-method: p")) {
                    options.add(head);
                    write(
                            socket,
                            "HTTP/1.1 204 No Content\r\nVary: Origin\r\nAccess-Control-Allow-Origin: myorigin\r\n"
                                    + "Access-Control-Allow-Credentials: true\r\nX-Other: no\r\n\r\n");
                } else if (head.startsWith("POST /api/v0/version ")) {
                    heads.add(head);
                    write(
                            socket,
                            "HTTP/1.1 200 OK\r\nAccess-Control-Expose-Headers: X-Stream-Output\r\nX-Custom-Header: 42\r\n"
                                    + "Server: kubo/0.0\r\nContent-Length: 2\r\n\r\n{}");
                } else {
                    heads.add(head);
                    script.serve(head, in, socket);
                }
            }
        } catch (SocketException gone) {
            heads.add("gone");
        } catch (Exception e) {
            heads.add("failed: " + e);
        }
    }

    /** Up to the empty line; empty at the end of the stream. */
    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
