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
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** One large file from Kubo and to Kubo, directly and through the IPFS proxy by turns, over bare sockets. */
final class ProxyBench {
    private static final int MEGABYTES = 1024;
    private static final int MEGABYTE = 1 << 20;
    private static final int ROUNDS = 3;
    private static final String BOUNDARY = "pinion-bench";

    private final Path folder;
    private final Table table;

    ProxyBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Path> kuboBinary = ForeignProcess.find("KUBO_BIN", "ipfs");
        if (kuboBinary.isEmpty()) {
            System.out.println("skipped: the IPFS proxy; KUBO_BIN would name Kubo");
            return;
        }
        int proxyPort = TestPeer.freePort();
        try (Kubo kubo = new Kubo(kuboBinary.get(), folder.resolve("kubo"));
                TestPeer peer = new TestPeer("proxy", folder.resolve("peer")).init(TestCluster.SECRET, json -> {
                    ObjectNode proxy = ((ObjectNode) json.get("api")).putObject("ipfsproxy");
                    proxy.put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + proxyPort);
                    proxy.put("node_multiaddress", kubo.apiAddress());
                })) {
            peer.start();
            int kuboPort = Integer.parseInt(kubo.apiAddress().replaceFirst(".*/", ""));
            String cid = add(kuboPort);
            cat(kuboPort, cid);
            cat(proxyPort, cid);
            double before = ProcessUse.megabytes(peer.pid(), "VmRSS");
            double used = ProcessUse.cpuSeconds(peer.pid());
            double[] direct = new double[ROUNDS];
            double[] through = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                direct[i] = cat(kuboPort, cid);
                through[i] = cat(proxyPort, cid);
            }
            rows("cat of 1 GB", direct, through);
            table.row(
                    "    the daemon's processor time for one",
                    "s",
                    (ProcessUse.cpuSeconds(peer.pid()) - used) / ROUNDS);
            for (int i = 0; i < ROUNDS; i++) {
                direct[i] = put(kuboPort);
                through[i] = put(proxyPort);
            }
            rows("block put of 1024 blocks of 1 MB", direct, through);
            table.row(
                    "    the peer's memory grew by (VmRSS)", "MB", ProcessUse.megabytes(peer.pid(), "VmRSS") - before);
            peer.stop();
        }
    }

    private void rows(String what, double[] direct, double[] through) {
        table.row(what + ", directly", "MB/s", median(direct));
        table.row(what + ", through the proxy", "MB/s", median(through));
        table.row("    of the direct speed", "%", 100 * median(through) / median(direct));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String add(int port) throws IOException {
        String answer = upload(port, "/api/v0/add?pin=false&raw-leaves=true&chunker=size-1048576", 1, MEGABYTES);
        return answer.replaceFirst("(?s).*\"Hash\":\"([^\"]*)\".*", "$1");
    }

    private static double put(int port) throws IOException {
        long start = System.nanoTime();
        upload(port, "/api/v0/block/put", MEGABYTES, 1);
        return MEGABYTES / ((System.nanoTime() - start) / 1e9);
    }

    private static double cat(int port, String cid) throws IOException {
        long start = System.nanoTime();
        long bytes = 0;
        try (Socket socket = new Socket("127.0.0.1", port)) {
            write(socket.getOutputStream(), "POST /api/v0/cat?arg=" + cid + " HTTP/1.0\r\nHost: x\r\n\r\n");
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[MEGABYTE];
            for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
                bytes += size;
            }
        }
        if (bytes < (long) MEGABYTES * MEGABYTE) {
            throw new IOException("only " + bytes + " bytes came from port " + port);
        }
        return MEGABYTES / ((System.nanoTime() - start) / 1e9);
    }

    /** Sends files of random bytes and gives the answer; every upload has the same bytes. */
    private static String upload(int port, String target, int files, int megabytes) throws IOException {
        Random random = new Random(1);
        byte[] piece = new byte[MEGABYTE];
        String part = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        String end = "--" + BOUNDARY + "--\r\n";
        long length = (long) files * (part.length() + (long) megabytes * MEGABYTE + 2) + end.length();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length
                            + "\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n\r\n");
            random.nextBytes(piece);
            for (int file = 0; file < files; file++) {
                write(out, part);
                for (int i = 0; i < megabytes; i++) {
                    // different enough for different CIDs, and quickly made
                    piece[0] = (byte) (file + i);
                    piece[1] = (byte) (file + i >> 8);
                    out.write(piece);
                }
                write(out, "\r\n");
            }
            write(out, end);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(target + ": " + answer);
            }
            return answer;
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
