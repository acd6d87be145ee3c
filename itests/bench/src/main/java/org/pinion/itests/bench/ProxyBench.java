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
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** One large file from Kubo and to Kubo, directly and through the IPFS proxy by turns, over bare sockets. */
final class ProxyBench {
    private static final int MEGABYTES = 1024;
    private static final int ROUNDS = 3;

    private final Path folder;
    private final Table table;

    ProxyBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Path> binary = Others.findKubo("the IPFS proxy");
        if (binary.isEmpty()) {
            return;
        }
        int proxyPort = TestPeer.freePort();
        try (KuboNode kubo = new KuboNode(binary.get(), folder.resolve("kubo")).awaitReady();
                TestPeer peer = new TestPeer("proxy", folder.resolve("peer")).init(TestCluster.SECRET, json -> {
                    ObjectNode proxy = ((ObjectNode) json.get("api")).putObject("ipfsproxy");
                    proxy.put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + proxyPort);
                    proxy.put("node_multiaddress", kubo.apiAddress());
                })) {
            peer.start();
            int kuboPort = kubo.apiPort();
            String cid = add(kuboPort);
            cat(kuboPort, cid);
            cat(proxyPort, cid);
            double before = ProcessUse.megabytes(peer.pid(), "VmRSS");
            double used = ProcessUse.cpuSeconds(peer.pid());
            List<Double> direct = new ArrayList<>();
            List<Double> through = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                direct.add(cat(kuboPort, cid));
                through.add(cat(proxyPort, cid));
            }
            rows("cat of 1 GB", direct, through);
            table.row(
                    "    the daemon's processor time for one",
                    "s",
                    (ProcessUse.cpuSeconds(peer.pid()) - used) / ROUNDS);
            direct.clear();
            through.clear();
            for (int i = 0; i < ROUNDS; i++) {
                direct.add(put(kuboPort));
                through.add(put(proxyPort));
            }
            rows("block put of 1024 blocks of 1 MB", direct, through);
            table.row(
                    "    the peer's memory grew by (VmRSS)", "MB", ProcessUse.megabytes(peer.pid(), "VmRSS") - before);
            peer.stop();
        }
    }

    private void rows(String what, List<Double> direct, List<Double> through) {
        table.row(what + ", directly", "MB/s", Bench.median(direct));
        table.row(what + ", through the proxy", "MB/s", Bench.median(through));
        table.row("    of the direct speed", "%", 100 * Bench.median(through) / Bench.median(direct));
    }

    private static String add(int port) throws IOException {
        return Upload.add(port, "raw-leaves=true&chunker=size-1048576", MEGABYTES, ProxyBench::fill);
    }

    private static double put(int port) throws IOException {
        long start = System.nanoTime();
        Upload.send(port, "/api/v0/block/put", MEGABYTES, 1, ProxyBench::fill);
        return MEGABYTES / ((System.nanoTime() - start) / 1e9);
    }

    private static double cat(int port, String cid) throws IOException {
        long start = System.nanoTime();
        long bytes = 0;
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request = "POST /api/v0/cat?arg=" + cid + " HTTP/1.0\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[Upload.MEGABYTE];
            for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
                bytes += size;
            }
        }
        if (bytes < (long) MEGABYTES * Upload.MEGABYTE) {
            throw new IOException("only " + bytes + " bytes came from port " + port);
        }
        return MEGABYTES / ((System.nanoTime() - start) / 1e9);
    }

    /** Random bytes, the same for every upload: different enough for different CIDs, and quickly made. */
    private static void fill(byte[] piece, int number) {
        if (number == 0) {
            new Random(1).nextBytes(piece);
        }
        piece[0] = (byte) number;
        piece[1] = (byte) (number >> 8);
    }
}
