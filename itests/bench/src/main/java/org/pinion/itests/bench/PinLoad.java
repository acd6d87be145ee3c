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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Pins through the REST API over kept-alive connections, one thread each; small, so that it measures the server. */
final class PinLoad {
    private PinLoad() {}

    /** Sends {@code count} pins with numbers from {@code next} from {@code clients} connections. */
    static double perSecond(int port, int clients, int count, AtomicInteger next) throws Exception {
        return perSecond(port, clients, count, next, Pins::cid, "?replication-min=-1&replication-max=-1");
    }

    /** The same with other CIDs and options. */
    static double perSecond(
            int port, int clients, int count, AtomicInteger next, IntFunction<String> cids, String options)
            throws Exception {
        int end = next.get() + count;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        long start = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.setTcpNoDelay(true);
                    InputStream in = new BufferedInputStream(socket.getInputStream());
                    for (int number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
                        pin(socket.getOutputStream(), in, cids.apply(number) + options);
                    }
                } catch (IOException | RuntimeException failed) {
                    failures.add(failed);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        next.set(end);
        if (!failures.isEmpty()) {
            throw new IllegalStateException("pin failed", failures.get(0));
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static void pin(OutputStream out, InputStream in, String pin) throws IOException {
        out.write(("POST /pins/" + pin + " HTTP/1.1\r\n" + "Host: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        String status = line(in);
        if (!status.contains(" 200 ")) {
            throw new IOException("pin " + pin + ": " + status);
        }
        int length = -1;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (chunked) {
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                in.skipNBytes(size + 2L);
            }
            while (!line(in).isEmpty()) {
                // trailers
            }
        } else {
            in.skipNBytes(Math.max(length, 0));
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("connection closed after: " + line);
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
