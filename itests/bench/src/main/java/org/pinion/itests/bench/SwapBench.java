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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ComponentBundle;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** How fast a dropped bundle works, and how long writes wait while the tracker of a large pin set is swapped. */
final class SwapBench {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int PINS = 200_000;
    private static final int CLIENTS = 16;
    private static final int DROPS = 5;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Path folder;
    private final Table table;

    SwapBench(Path folder, Table table) {
        this.folder = folder;
        this.table = table;
    }

    void run() throws Exception {
        try (TestPeer peer = new TestPeer("bench-swap", folder.resolve("peer")).init(TestCluster.SECRET, json -> {})) {
            peer.start();
            Bench.awaitQuiet(peer);
            drops(peer);
            AtomicInteger next = new AtomicInteger();
            PinLoad.perSecond(
                    peer.apiPort(), CLIENTS, PINS, next, SwapBench::cid, "?replication-min=1&replication-max=1");
            awaitPinned(peer);
            for (String swap : List.of(
                    "cluster:swap pintracker map",
                    "cluster:swap pintracker stateless",
                    "bundle:update org.pinion.pintracker.stateless "
                            + Program.bundle("org.pinion.pintracker.stateless").toUri())) {
                longestWait(peer, swap, next);
                awaitPinned(peer);
            }
            peer.stop();
        }
    }

    /** From the rename of the jar until the API shows what the component measured. */
    private void drops(TestPeer peer) throws Exception {
        List<Double> seconds = new ArrayList<>();
        Path deploy = Files.createDirectories(peer.folder().resolve("deploy"));
        for (int i = 0; i < DROPS; i++) {
            String name = "drop" + i;
            Path hidden = informer(name, deploy.resolve("." + name + ".jar"));
            long begin = System.nanoTime();
            Files.move(hidden, deploy.resolve(name + ".jar"), StandardCopyOption.ATOMIC_MOVE);
            while (!peer.get("/monitor/metrics/" + name).body().contains("\"value\"")) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            seconds.add((System.nanoTime() - begin) / 1e9);
        }
        table.row("drop of a jar to its first metric in the API, median", "s", Bench.median(seconds));
        table.row(
                "    the slowest of " + DROPS,
                "s",
                seconds.stream().max(Double::compare).orElseThrow());
    }

    private void longestWait(TestPeer peer, String swap, AtomicInteger next) throws Exception {
        AtomicLong longest = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        AtomicInteger end = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread writer = new Thread(() -> write(peer.apiPort(), next, longest, refused, end));
            writer.start();
            writers.add(writer);
        }
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        longest.set(0);
        long begin = System.nanoTime();
        peer.service("shell", "-c", swap).expectSuccess();
        double took = (System.nanoTime() - begin) / 1e9;
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        end.set(1);
        for (Thread writer : writers) {
            writer.join();
        }
        String what = swap.replaceFirst(" file:.*", "");
        table.row(what + " with " + PINS + " pins, longest wait of a write", "ms", longest.get() / 1e6);
        table.row("    writes refused with 503 meanwhile", "", refused.get());
        table.row("    the command, with its start", "s", took);
    }

    private static void write(int port, AtomicInteger next, AtomicLong longest, AtomicLong refused, AtomicInteger end) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        while (end.get() == 0) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/pins/"
                            + cid(next.getAndIncrement()) + "?replication-min=1&replication-max=1"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            long begin = System.nanoTime();
            try {
                int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status == 503) {
                    refused.incrementAndGet();
                } else if (status != 200) {
                    throw new IllegalStateException("POST /pins answered " + status);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            longest.accumulateAndGet(System.nanoTime() - begin, Math::max);
        }
    }

    /** The informer's own count is asked first: listing what is queued again and again would slow it down. */
    private static void awaitPinned(TestPeer peer) {
        Await.until(
                "all pins are pinned",
                LIMIT,
                () -> {
                    String queue = peer.get("/monitor/metrics/pinqueue").body();
                    if (!queue.contains("\"value\":\"0\"")) {
                        return queue;
                    }
                    return peer.get("/pins?local=true&filter=queued,pinning,error,unexpectedly_unpinned")
                                    .body()
                                    .isBlank()
                            ? ""
                            : "some are not";
                },
                peer::log);
    }

    /** A block that is its own CID. */
    private static String cid(int number) {
        byte[] data = ("swap " + number).getBytes(StandardCharsets.US_ASCII);
        return "f015500" + String.format("%02x", data.length) + HexFormat.of().formatHex(data);
    }

    private Path informer(String name, Path jar) throws IOException {
        String source = "package " + name + "; import java.util.List; import java.util.concurrent.*;"
                + " public final class Dropped implements org.pinion.spi.informer.Informer {"
                + " public String name() { return \"" + name + "\"; }"
                + " public java.time.Duration ttl() { return java.time.Duration.ofSeconds(30); }"
                + " public CompletionStage<List<Reading>> measure() { return CompletableFuture.completedFuture("
                + "List.of(new Reading(\"" + name + "\", \"1\", 1, false, true))); } }";
        String component = "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\"" + name
                + "\"><implementation class=\"" + name + ".Dropped\"/><service>"
                + "<provide interface=\"org.pinion.spi.informer.Informer\"/></service></scr:component>";
        new ComponentBundle(name, "Dropped", source, "org.pinion.spi.informer", component)
                .write(folder.resolve(name), jar);
        return jar;
    }
}
