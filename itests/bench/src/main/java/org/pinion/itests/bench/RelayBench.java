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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * What a peer of ours costs that sits between two of the reference, which do not know each other, while both pin: it merges
 * and relays every pin, and pins it itself. The content is in the CIDs, so that no block has to travel for it.
 */
final class RelayBench {
    private static final int PINS = 20_000;
    private static final int WARM_UP = 15_000;
    private static final double GOAL_PER_SECOND = 1000;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path folder;
    private final Table table;

    RelayBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Path> reference = ForeignProcess.find("GO_CLUSTER_BIN", "ipfs-cluster-service");
        Optional<Path> kuboBinary = ForeignProcess.find("KUBO_BIN", "ipfs");
        if (reference.isEmpty() || kuboBinary.isEmpty()) {
            System.out.println("skipped: pins of the reference; GO_CLUSTER_BIN and KUBO_BIN would name it and Kubo");
            return;
        }
        try (Kubo kubo = new Kubo(kuboBinary.get(), folder.resolve("kubo"));
                TestPeer ours = new TestPeer("ours", folder.resolve("ours")).init(TestCluster.SECRET, json -> {});
                ReferencePeer one = new ReferencePeer(reference.get(), folder.resolve("one"), kubo);
                ReferencePeer two = new ReferencePeer(reference.get(), folder.resolve("two"), kubo)) {
            ours.start();
            one.startWithoutWaiting(ours.clusterAddress()).awaitAnswer();
            two.startWithoutWaiting(ours.clusterAddress()).awaitAnswer();
            String options = "?replication-min=1&replication-max=1&user-allocations=" + ours.id();
            AtomicInteger next = new AtomicInteger();
            Supplier<String> logs = () -> ours.log() + one.log() + two.log();
            awaitMembers(one, logs);
            awaitMembers(two, logs);
            load(one, two, options, next, WARM_UP);
            awaitHeld(ours.apiPort(), 0, next.get(), logs);
            double before = ProcessUse.cpuSeconds(ours.pid());
            double theirsBefore = ProcessUse.cpuSeconds(one.pid()) + ProcessUse.cpuSeconds(two.pid());
            long start = System.nanoTime();
            int from = next.get();
            load(one, two, options, next, PINS);
            double loading = (System.nanoTime() - start) / 1e9;
            awaitHeld(ours.apiPort(), from, next.get(), logs);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = ProcessUse.cpuSeconds(ours.pid()) - before;
            double theirs = ProcessUse.cpuSeconds(one.pid()) + ProcessUse.cpuSeconds(two.pid()) - theirsBefore;
            table.row("pins of two reference peers that ours relays", "pins/s", PINS / loading);
            table.row("    the same until ours holds the last", "pins/s", PINS / seconds);
            table.row("    processors that ours takes for 1,000 pins/s", "cores", cpu / PINS * GOAL_PER_SECOND);
            table.row("    the same for each of theirs", "cores", theirs / 2 / PINS * GOAL_PER_SECOND);
            table.row("    memory of ours at most (VmHWM)", "MB", ProcessUse.megabytes(ours.pid(), "VmHWM"));
            awaitHeld(one.apiPort(), from, next.get(), logs);
            awaitHeld(two.apiPort(), from, next.get(), logs);
        }
    }

    private static void load(ReferencePeer one, ReferencePeer two, String options, AtomicInteger next, int count)
            throws Exception {
        Throwable[] failure = new Throwable[1];
        int middle = next.get() + count / 2;
        AtomicInteger upper = new AtomicInteger(middle);
        Thread other = new Thread(() -> {
            try {
                PinLoad.perSecond(two.apiPort(), 4, count - count / 2, upper, RelayBench::cid, options);
            } catch (Exception failed) {
                failure[0] = failed;
            }
        });
        other.start();
        PinLoad.perSecond(one.apiPort(), 4, count / 2, next, RelayBench::cid, options);
        other.join();
        if (failure[0] != null) {
            throw new IllegalStateException(failure[0]);
        }
        next.set(upper.get());
    }

    /** A CID that carries its eight bytes itself. */
    static String cid(int number) {
        return "f01550008"
                + HexFormat.of()
                        .formatHex(ByteBuffer.allocate(8).putLong(number).array());
    }

    private static void awaitMembers(ReferencePeer peer, Supplier<String> logs) {
        Await.until(
                "three members",
                LIMIT,
                () -> {
                    int lines = Listing.of(peer.apiPort(), "/peers").lines();
                    return lines == 3 ? "" : lines + " members";
                },
                logs);
    }

    private static void awaitHeld(int apiPort, int from, int end, Supplier<String> logs) {
        int[] number = {from};
        Await.until(
                "pins up to " + end,
                LIMIT,
                () -> {
                    for (; number[0] < end; number[0] = Math.min(end, number[0] + 97)) {
                        int status = Rest.send("GET", apiPort, "/allocations/" + cid(number[0]))
                                .status();
                        if (status != 200) {
                            return "pin " + number[0] + " gives " + status;
                        }
                    }
                    return "";
                },
                logs);
    }
}
