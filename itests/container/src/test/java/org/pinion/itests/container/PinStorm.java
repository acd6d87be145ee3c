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
package org.pinion.itests.container;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Eight clients that pin one CID after the other until they are told to stop and have sent enough. A 503 with
 * {@code Retry-After} is tried again; every other answer but 200 is a fault.
 */
final class PinStorm implements AutoCloseable {
    /** Pins of one storm at least. */
    static final int PINS = 2_000;

    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int CLIENTS = 8;
    private static final long PAUSE_NANOS = 8_000_000;
    private static final long RETRY_NANOS = 150_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_FAULTS = 20;
    private static final AtomicInteger STORMS = new AtomicInteger();

    private final int port;
    private final boolean mayBreak;
    private final int storm = STORMS.incrementAndGet();
    private final AtomicInteger next = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final Set<String> reasons = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger longestMillis = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private volatile boolean enough;
    private volatile boolean broken;

    /**
     * Starts the clients.
     *
     * @param mayBreak whether connections may be refused and cut, because the API itself is away
     */
    PinStorm(int port, boolean mayBreak) {
        this.port = port;
        this.mayBreak = mayBreak;
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(this::run, "storm-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
    }

    private void run() {
        while (!broken && !(enough && next.get() >= PINS)) {
            String cid = cid(next.getAndIncrement());
            long begin = System.nanoTime();
            while (!broken && !isDone(cid, begin)) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
            int millis = (int) ((System.nanoTime() - begin) / 1_000_000);
            longestMillis.accumulateAndGet(millis, Math::max);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** One try; true when there is nothing more to try. */
    private boolean isDone(String cid, long begin) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + port + "/pins/" + cid + "?replication-min=1&replication-max=1"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200 && answer.body().contains("\"cid\":\"" + cid + "\"")) {
                acknowledged.add(cid);
                return true;
            }
            boolean retry = answer.statusCode() == 503
                    && answer.headers().firstValue("Retry-After").isPresent();
            if (!retry) {
                return fault(answer.statusCode() + " " + answer.headers().map().keySet() + " " + answer.body());
            }
            reasons.add(answer.body().strip());
        } catch (IOException e) {
            if (!mayBreak) {
                return fault("connection: " + e);
            }
            refused.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fault("interrupted");
        }
        return System.nanoTime() - begin > PATIENCE.toNanos()
                && fault("no answer but 503 for " + PATIENCE + " to " + cid);
    }

    private boolean fault(String text) {
        faults.add(text);
        broken = faults.size() >= MAX_FAULTS;
        return true;
    }

    /** Waits until enough was sent and gives the acknowledged CIDs; more than 2,000 when the swaps took longer. */
    Set<String> finish() {
        close();
        return new TreeSet<>(acknowledged);
    }

    /** Answers that are neither success nor a clear 503. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** The different texts of the 503 answers. */
    Set<String> reasons() {
        return new TreeSet<>(reasons);
    }

    /** One line about what happened. */
    String summary() {
        return acknowledged.size() + " pins acknowledged, longest wait " + longestMillis.get() + " ms, " + refused.get()
                + " connections broken, 503: " + reasons();
    }

    /** Ends the clients. */
    @Override
    public void close() {
        enough = true;
        for (Thread client : clients) {
            try {
                client.join(PATIENCE.toMillis() * 2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A raw block that is its own CID (identity hash), so that every node has it; in base 32, as answers have it. */
    private String cid(int number) {
        byte[] data = ("storm " + storm + " pin " + number).getBytes(StandardCharsets.US_ASCII);
        byte[] head = {1, 0x55, 0, (byte) data.length};
        byte[] all = Arrays.copyOf(head, head.length + data.length);
        System.arraycopy(data, 0, all, head.length, data.length);
        StringBuilder text = new StringBuilder("b");
        int bits = 0;
        int count = 0;
        for (byte one : all) {
            bits = bits << 8 | one & 0xff;
            for (count += 8; count >= 5; count -= 5) {
                text.append(BASE32.charAt(bits >> count - 5 & 31));
            }
        }
        return count == 0
                ? text.toString()
                : text.append(BASE32.charAt(bits << 5 - count & 31)).toString();
    }
}
