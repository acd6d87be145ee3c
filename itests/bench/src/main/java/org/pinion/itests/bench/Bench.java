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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * Starts one peer of the distribution and prints a table of what it does in this run. Absolute figures drift between
 * machines and days: compare rows of one run.
 */
public final class Bench {
    private static final List<String> PARTS =
            List.of("small", "large", "three", "join", "relay", "proxy", "kubo", "add", "fetch", "swap");
    private static final int STARTS = 5;
    private static final int LISTINGS = 5;
    private static final int PINS = 200_000;
    private static final int ADD_MEGABYTES = 1024;
    private static final double QUIET_NANOS = 2e9;
    private static final double QUIET_CPU_SECONDS = 0.05;

    private final Path folder;
    private final Table table = new Table();

    private Bench(Path folder) {
        this.folder = folder;
    }

    /** Runs everything in a folder of its own, which is removed afterwards. */
    public static void main(String[] arguments) throws Exception {
        Program.distribution(); // says at once what to do when there is none
        Path folder = Files.createTempDirectory("pinion-bench");
        try {
            Bench bench = new Bench(folder);
            makeArchives(folder);
            List<String> wanted = arguments.length == 0 ? PARTS : List.of(arguments);
            for (String part : wanted) {
                bench.run(part);
            }
            bench.table.print(System.out);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(Bench::delete);
            }
        }
    }

    private void run(String part) throws Exception {
        switch (part) {
            case "small" -> small();
            case "large" -> large();
            case "three" -> new StatusBench(folder.resolve("three"), table).run();
            case "join" -> new JoinBench(folder.resolve("join"), table).run();
            case "relay" -> new RelayBench(folder.resolve("relay"), table).run();
            case "proxy" -> new ProxyBench(folder.resolve("proxy"), table).run();
            case "add" -> new KuboAddBench(folder.resolve("add"), table).run();
            case "kubo" -> new KuboPinBench(folder.resolve("kubo"), table).run();
            case "fetch" -> new FetchBench(folder.resolve("fetch"), table).run();
            case "swap" -> new SwapBench(folder.resolve("swap"), table).run();
            default -> throw new IllegalArgumentException("no part " + part + "; there are " + PARTS);
        }
    }

    /** Classes are archived in the background at first use; here that would be counted. */
    private static void makeArchives(Path folder) {
        for (String program : List.of("ipfs-cluster-service", "ipfs-cluster-ctl")) {
            Map<String, String> environment = Map.of("PINION_WAIT_FOR_ARCHIVE", "1");
            Program.ours(environment, folder, program, "--version").expectSuccess();
        }
    }

    /** Start, idle memory, commands, pins and add on an empty peer. */
    private void small() throws Exception {
        try (TestPeer peer = new TestPeer("bench", folder.resolve("small")).init(TestCluster.SECRET, json -> {})) {
            peer.start(); // the first start makes caches
            peer.stop();
            starts(peer);
            peer.start();
            awaitQuiet(peer);
            table.row("memory idle (VmRSS)", "MB", ProcessUse.megabytes(peer.pid(), "VmRSS"));
            table.row(
                    "ipfs-cluster-ctl id",
                    "s",
                    median(STARTS, () -> seconds(() -> peer.ctl("id").expectSuccess())));
            AtomicInteger next = new AtomicInteger();
            PinLoad.perSecond(peer.apiPort(), 1, 2_000, next); // warms the compiler
            pins(peer, 1, 5_000, next);
            PinLoad.perSecond(peer.apiPort(), 32, 20_000, next);
            pins(peer, 32, 20_000, next);
            Path file = RandomFile.make(folder.resolve("random.bin"), ADD_MEGABYTES, 1);
            double before = ProcessUse.cpuSeconds(peer.pid());
            double seconds =
                    seconds(() -> peer.ctl("add", "-Q", file.toString()).expectSuccess());
            table.row("add of one " + ADD_MEGABYTES + " MB file through ctl", "MB/s", ADD_MEGABYTES / seconds);
            table.row("    the daemon's processor time for it", "s", ProcessUse.cpuSeconds(peer.pid()) - before);
            table.row("memory at most (VmHWM)", "MB", ProcessUse.megabytes(peer.pid(), "VmHWM"));
            peer.stop();
        }
    }

    private void starts(TestPeer peer) throws Exception {
        List<Double> cpu = new ArrayList<>();
        table.row("daemon start to first answer on /id, warm", "s", median(STARTS, () -> {
            double seconds = secondsToFirstAnswer(peer);
            cpu.add(ProcessUse.cpuSeconds(peer.pid()));
            awaitReady(peer);
            peer.stop();
            return seconds;
        }));
        table.row("    the daemon's processor time until then", "s", median(cpu));
    }

    private void pins(TestPeer peer, int clients, int count, AtomicInteger next) throws Exception {
        double before = ProcessUse.cpuSeconds(peer.pid());
        double perSecond = PinLoad.perSecond(peer.apiPort(), clients, count, next);
        double milliseconds = (ProcessUse.cpuSeconds(peer.pid()) - before) / count * 1e3;
        table.row("POST /pins, " + clients + (clients == 1 ? " client" : " clients"), "pins/s", perSecond);
        table.row("    the daemon's processor time for a pin", "ms", milliseconds);
    }

    /** Listing a large pin set, made by the offline import. */
    private void large() throws Exception {
        try (TestPeer peer =
                new TestPeer("bench-large", folder.resolve("large")).init(TestCluster.SECRET, json -> {})) {
            Path lines = folder.resolve("pins.jsonl");
            try (OutputStream out = Files.newOutputStream(lines)) {
                Pins.writeExport(out, PINS);
            }
            double importing = seconds(() ->
                    peer.service("state", "import", "-f", lines.toString()).expectSuccess());
            table.row("state import of " + PINS + " pins", "pins/s", PINS / importing);
            peer.start();
            table.row(
                    "first GET /allocations after the start, first byte",
                    "s",
                    Listing.of(peer.apiPort(), "/allocations").firstByteSeconds());
            rows(table, peer, "/allocations", PINS);
            rows(table, peer, "/pins?local=true", PINS);
            table.row("memory at most after listing (VmHWM)", "MB", ProcessUse.megabytes(peer.pid(), "VmHWM"));
            peer.stop();
        }
    }

    /** A listing several times: the medians of its first byte and of its last. */
    static void rows(Table table, TestPeer peer, String path, int pins) throws Exception {
        List<Double> first = new ArrayList<>();
        List<Double> last = new ArrayList<>();
        for (int i = 0; i < LISTINGS; i++) {
            Listing listing = Listing.of(peer.apiPort(), path);
            if (listing.lines() != pins) {
                throw new IllegalStateException(path + " gave " + listing.lines() + " lines, not " + pins);
            }
            first.add(listing.firstByteSeconds());
            last.add(listing.seconds());
        }
        table.row("GET " + path + ", " + pins + " pins", "s", median(last));
        table.row("    first byte", "s", median(first));
    }

    private static double secondsToFirstAnswer(TestPeer peer) {
        return seconds(() -> {
            peer.startWithoutWaiting();
            Await.until("answer on /id", Duration.ofSeconds(60), () -> answers(peer, "/id", 200), peer::log);
        });
    }

    private static void awaitReady(TestPeer peer) {
        Await.until("ready", Duration.ofSeconds(60), () -> answers(peer, "/health", 204), peer::log);
    }

    /** What is started after the first answer is there, too. */
    static void awaitQuiet(TestPeer peer) {
        double[] last = {ProcessUse.cpuSeconds(peer.pid()), System.nanoTime()};
        Await.until(
                "an idle daemon",
                Duration.ofSeconds(60),
                () -> {
                    if (System.nanoTime() - last[1] < QUIET_NANOS) {
                        return "watched for too short a time";
                    }
                    double used = ProcessUse.cpuSeconds(peer.pid()) - last[0];
                    last[0] += used;
                    last[1] = System.nanoTime();
                    return used < QUIET_CPU_SECONDS ? "" : "busy for " + used + " s";
                },
                peer::log);
    }

    private static String answers(TestPeer peer, String path, int wanted) throws IOException, InterruptedException {
        int status = peer.get(path).status();
        return status == wanted ? "" : path + " gives " + status;
    }

    private interface Work {
        void run() throws Exception;
    }

    private interface Measurement {
        double run() throws Exception;
    }

    private static double seconds(Work work) {
        long start = System.nanoTime();
        try {
            work.run();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(int times, Measurement measurement) throws Exception {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            values.add(measurement.run());
        }
        return median(values);
    }

    /** The middle one; of an even number the upper of the two. */
    static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
