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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;

/** Pins of small blocks that a Kubo daemon has already: a peer of the reference and one of ours beside the same Kubo. */
final class KuboPinBench {
    private static final int PINS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final int CLIENTS = 32;
    private static final int BLOCKS_AT_ONCE = 500;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String OPTIONS = "?replication-min=-1&replication-max=-1";
    private static final String BOUNDARY = "bench-block";

    private final Path folder;
    private final Table table;

    KuboPinBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Others> others = Others.find("pins beside Kubo");
        if (others.isEmpty()) {
            return;
        }
        others.get().besideKubo(folder, (kubo, theirs, ours) -> {
            store(kubo, 2 * (PINS + WARM_UP));
            AtomicInteger next = new AtomicInteger();
            pinned(theirs.apiPort(), WARM_UP, next, theirs::log);
            pinned(ours.apiPort(), WARM_UP, next, ours::log);
            measure("the reference", theirs.apiPort(), theirs.pid(), next, theirs::log);
            measure("ours", ours.apiPort(), ours.pid(), next, ours::log);
        });
    }

    private void measure(String who, int apiPort, long pid, AtomicInteger next, Supplier<String> log) throws Exception {
        double before = ProcessUse.cpuSeconds(pid);
        double seconds = pinned(apiPort, PINS, next, log);
        table.row("pins beside Kubo until Kubo has them, " + who, "pins/s", PINS / seconds);
        table.row(
                "    the daemon's processor time for a pin", "ms", (ProcessUse.cpuSeconds(pid) - before) / PINS * 1e3);
    }

    /** Seconds until all are sent and no pin waits or is under way. */
    private static double pinned(int apiPort, int count, AtomicInteger next, Supplier<String> log) throws Exception {
        long start = System.nanoTime();
        PinLoad.perSecond(apiPort, CLIENTS, count, next, Pins::cid, OPTIONS);
        Await.until(
                "all pinned",
                LIMIT,
                () -> {
                    int waiting = Listing.of(apiPort, "/pins?local=true&filter=queued,pinning")
                            .lines();
                    return waiting == 0 ? "" : waiting + " pins wait";
                },
                log);
        double seconds = (System.nanoTime() - start) / 1e9;
        int failed = Listing.of(apiPort, "/pins?local=true&filter=error").lines();
        if (failed > 0) {
            throw new IllegalStateException(failed + " pins failed\n" + log.get());
        }
        return seconds;
    }

    /** Puts the blocks of the first numbers into Kubo. */
    private static void store(KuboNode kubo, int count) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        URI put = URI.create("http://127.0.0.1:" + kubo.apiPort() + "/api/v0/block/put?cid-codec=raw");
        for (int from = 0; from < count; from += BLOCKS_AT_ONCE) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int number = from; number < Math.min(count, from + BLOCKS_AT_ONCE); number++) {
                body.writeBytes(utf8("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                        + number + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
                body.writeBytes(ByteBuffer.allocate(8).putLong(number).array());
                body.writeBytes(utf8("\r\n"));
            }
            body.writeBytes(utf8("--" + BOUNDARY + "--\r\n"));
            HttpRequest request = HttpRequest.newBuilder(put)
                    .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                    .build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("block/put: " + answer.body());
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
