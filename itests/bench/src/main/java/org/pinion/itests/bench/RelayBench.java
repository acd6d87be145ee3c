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

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * What a peer of ours costs that sits between two of the reference, which do not know each other, while both pin: it merges
 * and relays every pin, and pins it itself. The content is in the CIDs, so that no block has to travel for it. What its
 * just-in-time compilers take within the measured time is part of its figure, and stands beside it.
 */
final class RelayBench {
    private static final int PINS = 40_000;
    /** The compilers of a new peer are busy for about so many. */
    private static final int WARM_UP = 40_000;

    private static final String FIRST_COMPILER = "C1 CompilerThread";
    private static final String SECOND_COMPILER = "C2 CompilerThread";
    private static final double GOAL_PER_SECOND = 1000;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path folder;
    private final Table table;

    RelayBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Others> others = Others.find("pins of the reference");
        if (others.isEmpty()) {
            return;
        }
        try (KuboNode kubo = new KuboNode(others.get().kubo(), folder.resolve("kubo")).awaitReady();
                TestPeer ours =
                        new TestPeer("ours", folder.resolve("ours")).init(TestCluster.SECRET, RelayBench::likeTheirs);
                ReferencePeer one = new ReferencePeer(others.get().reference(), folder.resolve("one"), kubo);
                ReferencePeer two = new ReferencePeer(others.get().reference(), folder.resolve("two"), kubo)) {
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
            ThreadTime first = ThreadTime.of(ours.pid(), FIRST_COMPILER);
            ThreadTime second = ThreadTime.of(ours.pid(), SECOND_COMPILER);
            double theirsBefore = ProcessUse.cpuSeconds(one.pid()) + ProcessUse.cpuSeconds(two.pid());
            long start = System.nanoTime();
            int from = next.get();
            load(one, two, options, next, PINS);
            double loading = (System.nanoTime() - start) / 1e9;
            awaitHeld(ours.apiPort(), from, next.get(), logs);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = ProcessUse.cpuSeconds(ours.pid()) - before;
            double firstCompiler = ThreadTime.of(ours.pid(), FIRST_COMPILER).since(first);
            double secondCompiler = ThreadTime.of(ours.pid(), SECOND_COMPILER).since(second);
            double theirs = ProcessUse.cpuSeconds(one.pid()) + ProcessUse.cpuSeconds(two.pid()) - theirsBefore;
            table.row("pins of two reference peers that ours relays", "pins/s", PINS / loading);
            table.row("    the same until ours holds the last", "pins/s", PINS / seconds);
            table.row("    processors that ours takes for 1,000 pins/s", "cores", cpu / PINS * GOAL_PER_SECOND);
            table.row("        of these its compiler C1", "cores", firstCompiler / PINS * GOAL_PER_SECOND);
            table.row("        of these its compiler C2", "cores", secondCompiler / PINS * GOAL_PER_SECOND);
            table.row("    the same for each of theirs", "cores", theirs / 2 / PINS * GOAL_PER_SECOND);
            table.row("    memory of ours at most (VmHWM)", "MB", ProcessUse.megabytes(ours.pid(), "VmHWM"));
            awaitHeld(one.apiPort(), from, next.get(), logs);
            awaitHeld(two.apiPort(), from, next.get(), logs);
        }
    }

    /** The intervals that the reference peers have, not the short ones of tests. */
    private static void likeTheirs(ObjectNode json) {
        ObjectNode cluster = (ObjectNode) json.get("cluster");
        cluster.put("monitor_ping_interval", "15s");
        cluster.put("pin_recover_interval", "12m");
        ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "1s");
        json.get("informer").forEach(informer -> ((ObjectNode) informer).put("metric_ttl", "30s"));
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
