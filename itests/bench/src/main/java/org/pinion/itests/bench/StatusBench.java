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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The status of a large pin set, asked from three peers at once, while they try to pin what nobody has. */
final class StatusBench {
    private static final int PINS = 200_000;
    private static final int PEERS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path folder;
    private final Table table;

    StatusBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Path lines = folder.resolve("pins.jsonl");
        try (OutputStream out = Files.newOutputStream(lines)) {
            Pins.writeExport(out, PINS);
        }
        try (TestCluster cluster = TestCluster.of(PEERS, folder, json -> {})) {
            cluster.peer(0).service("state", "import", "-f", lines.toString()).expectSuccess();
            cluster.start();
            for (TestPeer peer : cluster.peers()) {
                Await.until(
                        peer.name() + " tracks all",
                        LIMIT,
                        () -> {
                            int tracked = Listing.of(peer.apiPort(), "/pins?local=true")
                                    .lines();
                            return tracked == PINS ? "" : tracked + " tracked";
                        },
                        cluster::logs);
            }
            Listing.of(cluster.peer(0).apiPort(), "/pins");
            Bench.rows(table, cluster.peer(0), "/pins", PINS);
            for (TestPeer peer : cluster.peers()) {
                table.row(
                        "    memory of " + peer.name() + " at most (VmHWM)",
                        "MB",
                        ProcessUse.megabytes(peer.pid(), "VmHWM"));
            }
        }
    }
}
