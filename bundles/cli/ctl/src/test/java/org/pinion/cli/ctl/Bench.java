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
package org.pinion.cli.ctl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Runs the program against a server that answers what the test wants, and keeps what was asked and printed. */
final class Bench implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> heads = new CopyOnWriteArrayList<>();
    final Map<String, String> environment = new TreeMap<>();
    Terminal terminal = Terminal.NONE;
    String out = "";
    String err = "";
    private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
    private final ServerSocket server;

    Bench() {
        try {
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers requests like {@code GET /id}, one after the other, and with the last one from then on. */
    Bench answer(String request, String... bodies) {
        List<String> raw = new ArrayList<>();
        for (String body : bodies) {
            raw.add("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body);
        }
        answers.put(request, raw);
        return this;
    }

    Bench raw(String request, String answer) {
        answers.put(request, new ArrayList<>(List.of(answer)));
        return this;
    }

    String host() {
        return "/ip4/127.0.0.1/tcp/" + server.getLocalPort();
    }

    /** Runs against the server; words with blanks inside are given apart. */
    int run(String... words) {
        List<String> all = new ArrayList<>(List.of("--host", host()));
        all.addAll(List.of(words));
        return runAlone(all.toArray(String[]::new));
    }

    int runAlone(String... words) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = new Ctl(
                        new PrintStream(printed, false, StandardCharsets.UTF_8),
                        new PrintStream(told, false, StandardCharsets.UTF_8),
                        environment,
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        terminal)
                .run(words);
        out = printed.toString(StandardCharsets.UTF_8);
        err = told.toString(StandardCharsets.UTF_8);
        return code;
    }

    private void serve() {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    String head = read(socket.getInputStream(), "\r\n\r\n");
                    if (head.contains("chunked")) {
                        read(socket.getInputStream(), "0\r\n\r\n");
                    }
                    heads.add(head);
                    String line = head.substring(0, Math.max(0, head.indexOf(" HTTP/1.1")));
                    requests.add(line);
                    socket.getOutputStream().write(next(line).getBytes(StandardCharsets.UTF_8));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                }
            }
        } catch (IOException over) {
            return;
        }
    }

    private String next(String line) {
        List<String> all = answers.get(line.replaceFirst("\\?.*", ""));
        if (all == null) {
            return "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n{\"code\":404,\"message\":\"not found\"}";
        }
        return all.size() > 1 ? all.remove(0) : all.get(0);
    }

    private static String read(InputStream in, String end) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                return head.toString();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
