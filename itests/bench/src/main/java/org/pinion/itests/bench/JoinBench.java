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
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * How long a new peer takes from its start until it holds a large pin set: ours from ours and, where the reference is on
 * this machine, ours and theirs from theirs, side by side.
 */
final class JoinBench {
    private static final int PINS = 200_000;
    /** Pins that one client makes one after another: each is a node of the DAG, below the next one. */
    private static final int SINGLE_PINS = 50_000;
    /** Pins that are looked for one by one; nodes of the DAG hold thousands. */
    private static final int SAMPLES = 400;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path folder;
    private final Table table;
    private final Path export;

    JoinBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
        export = folder.resolve("pins.jsonl");
        try (OutputStream out = Files.newOutputStream(export)) {
            Pins.writeExport(out, PINS);
        }
    }

    void run() throws Exception {
        loaded("pinned by 32 clients", 32, PINS);
        loaded("pinned one by one", 1, SINGLE_PINS);
        Optional<Others> others = Others.find("joining the reference");
        if (others.isEmpty()) {
            toOurs(holder -> {});
            return;
        }
        Path reference = others.get().reference();
        try (KuboNode kubo = new KuboNode(others.get().kubo(), folder.resolve("kubo")).awaitReady()) {
            toOurs(holder -> {
                try (ReferencePeer theirs = new ReferencePeer(reference, folder.resolve("their-guest"), kubo)) {
                    joins("a reference peer joins ours", theirs, holder.clusterAddress());
                }
            });
            toTheirs(reference, kubo);
        }
    }

    /** Another one that joins our peer. */
    private interface Guest {
        void joins(TestPeer holder) throws IOException;
    }

    private void toOurs(Guest guest) throws IOException {
        try (TestPeer holder = peer("ours-holder");
                TestPeer joiner = peer("ours-joiner")) {
            holder.service("state", "import", "-f", export.toString()).expectSuccess();
            holder.start();
            // what was imported becomes part of the DAG while the peer runs
            awaitLog(holder, "imported pins are in the DAG now");
            Bench.awaitQuiet(holder);
            joiner.knows(List.of(holder));
            long pid = joiner.startWithoutWaiting().pid();
            row("our peer joins ours and holds " + PINS + " pins", pid, joiner.apiPort(), joiner::log);
            joiner.stop();
            guest.joins(holder);
            holder.stop();
        }
    }

    /** A DAG as clients make it, whose pins are the holder's alone. */
    private void loaded(String shape, int clients, int pins) throws Exception {
        String name = clients + "-clients";
        try (TestPeer holder = peer(name + "-holder");
                TestPeer joiner = peer(name + "-joiner")) {
            holder.start();
            String options = "?replication-min=1&replication-max=1&user-allocations=" + holder.id();
            PinLoad.perSecond(holder.apiPort(), clients, pins, new AtomicInteger(), RelayBench::cid, options);
            Bench.awaitQuiet(holder);
            joiner.knows(List.of(holder));
            long pid = joiner.startWithoutWaiting().pid();
            Held held = new Held(pins, RelayBench::cid);
            row("our peer joins ours, " + pins + " pins " + shape, pid, joiner.apiPort(), held, joiner::log);
            joiner.stop();
            holder.stop();
        }
    }

    /**
     * Pins that a peer is to hold.
     *
     * @param pins how many
     * @param cids the CID of each
     */
    private record Held(int pins, IntFunction<String> cids) {}

    private void toTheirs(Path reference, KuboNode kubo) throws IOException {
        try (ReferencePeer holder = new ReferencePeer(reference, folder.resolve("their-holder"), kubo)) {
            holder.run("state", "import", "-f", export.toString());
            holder.startWithoutWaiting().awaitAnswer();
            try (ReferencePeer theirs = new ReferencePeer(reference, folder.resolve("their-joiner"), kubo)) {
                joins("a reference peer joins theirs", theirs, holder.clusterAddress());
            }
            try (TestPeer ours = peer("ours-at-theirs")) {
                ours.changeConfiguration(json -> Others.useKubo(json, kubo));
                Files.writeString(ours.folder().resolve("peerstore"), holder.clusterAddress() + "\n");
                row("our peer joins theirs", ours.startWithoutWaiting().pid(), ours.apiPort(), ours::log);
                ours.stop();
            }
        }
    }

    private void joins(String what, ReferencePeer theirs, String holder) throws IOException {
        theirs.startWithoutWaiting(holder);
        row(what, theirs.pid(), theirs.apiPort(), theirs::log);
    }

    private TestPeer peer(String name) {
        // the reference's own intervals: heads have to come because we came, and nobody looks through all pins
        // meanwhile
        return new TestPeer(name, folder.resolve(name)).init(TestCluster.SECRET, json -> {
            ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "1m");
            ((ObjectNode) json.get("cluster")).put("pin_recover_interval", "12m");
        });
    }

    private static void awaitLog(TestPeer peer, String line) {
        Await.until(line, LIMIT, () -> peer.log().contains(line) ? "" : "no such line", peer::log);
    }

    private void row(String what, long pid, int apiPort, Supplier<String> log) throws IOException {
        row(what, pid, apiPort, new Held(PINS, Pins::cid), log);
    }

    private void row(String what, long pid, int apiPort, Held pins, Supplier<String> log) throws IOException {
        long start = System.nanoTime();
        int[] held = new int[1];
        Await.until(
                what,
                LIMIT,
                () -> {
                    while (held[0] < SAMPLES) {
                        int number = (int) ((long) (pins.pins() - 1) * held[0] / (SAMPLES - 1));
                        if (Rest.send(
                                                "GET",
                                                apiPort,
                                                "/allocations/" + pins.cids().apply(number))
                                        .status()
                                != 200) {
                            return "pin " + number + " is not there";
                        }
                        held[0]++;
                    }
                    return "";
                },
                log);
        table.row(what, "s", (System.nanoTime() - start) / 1e9);
        table.row("    its processor time until then", "s", ProcessUse.cpuSeconds(pid));
        table.row("    memory at most (VmHWM)", "MB", ProcessUse.megabytes(pid, "VmHWM"));
    }
}
