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
import java.util.Optional;
import java.util.Random;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** One large file that a Kubo daemon has, fetched over bitswap: by another Kubo daemon, and by the embedded node. */
final class FetchBench {
    private static final int WARM_UP = 128;
    private static final int MEGABYTES = 1024;

    private final Path folder;
    private final Table table;

    FetchBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Path> binary = Others.findKubo("fetching from Kubo");
        if (binary.isEmpty()) {
            return;
        }
        int rpc = TestPeer.freePort();
        try (KuboNode source = new KuboNode(binary.get(), folder.resolve("source")).awaitReady();
                KuboNode other = new KuboNode(binary.get(), folder.resolve("other")).awaitReady();
                TestPeer peer = new TestPeer("fetch", folder.resolve("ours")).init("", json -> {
                    ((ObjectNode) json.get("cluster")).put("secret", "");
                    json.withObject("/api/kuborpc").put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + rpc);
                })) {
            peer.start();
            String warm = add(source.apiPort(), WARM_UP, 1);
            String cid = add(source.apiPort(), MEGABYTES, 2);
            connect(other.apiPort(), source);
            connect(rpc, source);
            pin(other.apiPort(), warm);
            pin(rpc, warm);
            double theirs = MEGABYTES / pin(other.apiPort(), cid);
            double before = ProcessUse.cpuSeconds(peer.pid());
            double ours = MEGABYTES / pin(rpc, cid);
            table.row("pin of 1 GB that a Kubo has, by another Kubo", "MB/s", theirs);
            table.row("pin of 1 GB that a Kubo has, by the embedded node", "MB/s", ours);
            table.row("    of what Kubo does", "%", 100 * ours / theirs);
            table.row("    the daemon's processor time for it", "s", ProcessUse.cpuSeconds(peer.pid()) - before);
            table.row("    memory at most (VmHWM)", "MB", ProcessUse.megabytes(peer.pid(), "VmHWM"));
            peer.stop();
        }
    }

    private static void connect(int apiPort, KuboNode source) throws IOException, InterruptedException {
        String id = Rest.send("POST", source.apiPort(), "/api/v0/id").body();
        String address = id.replaceFirst("(?s).*\"(/ip4/127[^\"]*/tcp/[^\"]*/p2p/[^\"]*)\".*", "$1");
        require(Rest.send("POST", apiPort, "/api/v0/swarm/connect?arg=" + address));
    }

    /** Seconds until the node has everything. */
    private static double pin(int apiPort, String cid) throws IOException, InterruptedException {
        long start = System.nanoTime();
        require(Rest.send("POST", apiPort, "/api/v0/pin/add?arg=" + cid));
        return (System.nanoTime() - start) / 1e9;
    }

    private static void require(Rest.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException("status " + answer.status() + ": " + answer.body());
        }
    }

    /** Adds random bytes as one file of many small blocks, and gives its CID. */
    private static String add(int apiPort, int megabytes, int seed) throws IOException {
        Random random = new Random(seed);
        return Upload.add(apiPort, "cid-version=1", megabytes, (piece, number) -> random.nextBytes(piece));
    }
}
