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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Large files added through a peer of the reference and through one of ours, both beside the same Kubo daemon. */
final class KuboAddBench {
    private static final int WARM_UP_MEGABYTES = 128;
    private static final int MEGABYTES = 1024;

    private final Path folder;
    private final Table table;

    KuboAddBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Path> reference = ForeignProcess.find("GO_CLUSTER_BIN", "ipfs-cluster-service");
        Optional<Path> kuboBinary = ForeignProcess.find("KUBO_BIN", "ipfs");
        if (reference.isEmpty() || kuboBinary.isEmpty()) {
            System.out.println(
                    "skipped: adding into Kubo; GO_CLUSTER_BIN and KUBO_BIN would name the reference and Kubo");
            return;
        }
        try (Kubo kubo = new Kubo(kuboBinary.get(), folder.resolve("kubo"));
                TestPeer ours = new TestPeer("ours", folder.resolve("ours")).init(TestCluster.SECRET, json -> {
                    ObjectNode connectors = (ObjectNode) json.get("ipfs_connector");
                    connectors.removeAll();
                    connectors.putObject("ipfshttp").put("node_multiaddress", kubo.apiAddress());
                });
                ReferencePeer theirs = new ReferencePeer(reference.get(), folder.resolve("theirs"), kubo)) {
            theirs.startWithoutWaiting().awaitAnswer();
            ours.start();
            add(theirs.apiPort(), WARM_UP_MEGABYTES, 1);
            add(ours.apiPort(), WARM_UP_MEGABYTES, 2);
            row("the reference", theirs.apiPort(), theirs.pid(), 3);
            row("ours", ours.apiPort(), ours.pid(), 4);
        }
    }

    private void row(String who, int apiPort, long pid, int seed) throws IOException {
        double before = ProcessUse.cpuSeconds(pid);
        double perSecond = add(apiPort, MEGABYTES, seed);
        table.row("add of one " + MEGABYTES + " MB file into Kubo, " + who, "MB/s", perSecond);
        table.row("    the daemon's processor time for it", "s", ProcessUse.cpuSeconds(pid) - before);
    }

    /** Megabytes a second. Each file is another one, so that nothing of it is in Kubo. */
    private double add(int apiPort, int megabytes, int seed) throws IOException {
        Path file = RandomFile.make(folder.resolve("file" + seed), megabytes, seed);
        String host = "/ip4/127.0.0.1/tcp/" + apiPort;
        long start = System.nanoTime();
        Program.ours(Map.of(), folder, "ipfs-cluster-ctl", "--host", host, "add", "-Q", file.toString())
                .expectSuccess();
        double seconds = (System.nanoTime() - start) / 1e9;
        Files.delete(file);
        return megabytes / seconds;
    }
}
