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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * A server that answers Kubo's commands as was written down before; on a TCP port of its own or a unix socket. Any
 * thread. {@link KuboRecording} is what a real Kubo answered.
 */
public final class RecordedKubo implements AutoCloseable {
    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final Queue<String> headers = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
    private final CountDownLatch left = new CountDownLatch(1);
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final ServerSocketChannel server;
    private final Queue<SocketChannel> clients = new ConcurrentLinkedQueue<>();

    /**
     * What a command gets.
     *
     * @param status HTTP status
     * @param chunks parts of the body
     * @param trailer {@code X-Stream-Error}, or empty
     * @param ends false: the answer never ends
     * @param breaks the connection is closed after the chunks; with status 0 they are sent without any HTTP
     * @param type {@code Content-Type}
     */
    public record Answer(int status, List<byte[]> chunks, String trailer, boolean ends, boolean breaks, String type) {
        private static final String JSON = "application/json";

        /** One of JSON that does not break. */
        public Answer(int status, List<byte[]> chunks, String trailer, boolean ends) {
            this(status, chunks, trailer, ends, false, JSON);
        }

        /** One of JSON. */
        public Answer(int status, List<byte[]> chunks, String trailer, boolean ends, boolean breaks) {
            this(status, chunks, trailer, ends, breaks, JSON);
        }

        /** Dies after these lines. */
        public static Answer broken(String... lines) {
            return new Answer(200, RecordedKubo.chunks(lines), "", false, true);
        }
    }

    /** On a free port, without an answer for anything. */
    public RecordedKubo() throws IOException {
        this(0);
    }

    /** On a port that an earlier one had. */
    public RecordedKubo(int port) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), StandardProtocolFamily.INET);
    }

    /** On a unix socket. */
    public RecordedKubo(Path socket) throws IOException {
        this(UnixDomainSocketAddress.of(socket), StandardProtocolFamily.UNIX);
    }

    private RecordedKubo(SocketAddress address, StandardProtocolFamily family) throws IOException {
        server = ServerSocketChannel.open(family);
        if (family == StandardProtocolFamily.INET) {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        server.bind(address);
        Thread acceptor = new Thread(this::accept, "recorded-kubo");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** Where it listens, as a multiaddress. */
    public String address() throws IOException {
        SocketAddress at = server.getLocalAddress();
        return at instanceof InetSocketAddress tcp
                ? "/ip4/127.0.0.1/tcp/" + tcp.getPort()
                : "/unix" + ((UnixDomainSocketAddress) at).getPath();
    }

    /** Its TCP port. */
    public int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    /** Answers with these lines. */
    public RecordedKubo on(String command, String... lines) {
        return on(command, new Answer(200, chunks(lines), "", true));
    }

    /** Answers so from now on. */
    public RecordedKubo on(String command, Answer answer) {
        answers.put(command, new ConcurrentLinkedDeque<>(List.of(answer)));
        return this;
    }

    /** Answers every command of a recording with what it got there: the first time with the first answer, and so on. */
    public RecordedKubo on(KuboRecording recording) {
        for (KuboRecording.Call call : recording.calls()) {
            List<byte[]> chunks = call.chunks().stream()
                    .map(chunk -> chunk.getBytes(StandardCharsets.UTF_8))
                    .toList();
            answers.computeIfAbsent(call.command(), any -> new ConcurrentLinkedDeque<>())
                    .add(new Answer(call.status(), chunks, call.trailer(), true, false, call.type()));
        }
        return this;
    }

    /** The commands so far, with their parameters. */
    public Queue<String> commands() {
        return commands;
    }

    /** Lines of the headers of all requests so far. */
    public Queue<String> headers() {
        return headers;
    }

    /** Bodies of the requests so far. */
    public Queue<byte[]> bodies() {
        return bodies;
    }

    /** Released when a client went away while it was not answered. */
    public CountDownLatch left() {
        return left;
    }

    private Answer answer(String command) {
        Deque<Answer> all = answers.get(command);
        if (all == null) {
            byte[] text = "404 page not found\n".getBytes(StandardCharsets.UTF_8);
            return new Answer(404, List.of(text), "", true, false, "text/plain; charset=utf-8");
        }
        // the last one stays
        synchronized (all) {
            return all.size() > 1 ? all.remove() : all.element();
        }
    }

    /** Answers with Kubo's error object. */
    public RecordedKubo error(String command, String message) {
        String json = "{\"Message\":\"" + message + "\",\"Code\":0,\"Type\":\"error\"}";
        return on(command, new Answer(500, chunks(json), "", true));
    }

    /** Lines as chunks. */
    public static List<byte[]> chunks(String... lines) {
        return List.of(lines).stream()
                .map(line -> (line + "\n").getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                clients.add(client);
                Thread thread = new Thread(() -> serve(client), "recorded-kubo-client");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(client));
            OutputStream out = Channels.newOutputStream(client);
            for (String first = line(in); !first.isEmpty(); first = line(in)) {
                String command = first.split(" ")[1].substring("/api/v0/".length());
                long length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    headers.add(header);
                    if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Long.parseLong(
                                header.substring("content-length:".length()).strip());
                    }
                }
                commands.add(command);
                bodies.add(in.readNBytes((int) length));
                Answer answer = answer(command);
                write(out, answer);
                if (answer.breaks()) {
                    return;
                }
                if (!answer.ends()) {
                    in.read(); // until the client goes
                    left.countDown();
                    return;
                }
            }
        } catch (IOException | UncheckedIOException gone) {
            left.countDown();
        }
    }

    private static void write(OutputStream out, Answer answer) throws IOException {
        if (answer.status() == 0) {
            for (byte[] chunk : answer.chunks()) {
                out.write(chunk);
            }
            return;
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " x\r\nTransfer-Encoding: chunked\r\n");
        head.append("Content-Type: ").append(answer.type()).append("\r\nTrailer: X-Stream-Error\r\n");
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        for (byte[] chunk : answer.chunks()) {
            out.write((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.write(chunk);
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        if (answer.ends()) {
            String trailer = answer.trailer().isEmpty() ? "" : "X-Stream-Error: " + answer.trailer() + "\r\n";
            out.write(("0\r\n" + trailer + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
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

    /** Ends all connections. */
    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
