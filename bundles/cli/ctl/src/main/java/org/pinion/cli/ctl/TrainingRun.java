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
package org.pinion.cli.ctl;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * The run behind the class archive: the start script calls it in the background at the first use, with the virtual machine
 * told to write down the classes it loaded when it ends. The usual commands run against a server in the same process, so
 * that what reads and prints answers is written down too.
 */
public final class TrainingRun {
    private static final String PEER = "12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU";
    private static final String CID = "bafkqaaa";
    private static final String ID = "{\"id\":\"" + PEER + "\",\"addresses\":[\"/ip4/127.0.0.1/tcp/9096/p2p/" + PEER
            + "\"],\"cluster_peers\":[\"" + PEER
            + "\"],\"cluster_peers_addresses\":[],\"version\":\"1\",\"commit\":\"\","
            + "\"rpc_protocol_version\":\"/ipfscluster/1.0/rpc\",\"error\":\"\",\"ipfs\":{\"id\":\"" + PEER
            + "\",\"addresses\":[],\"error\":\"\"},\"peername\":\"a\"}\n";
    private static final String TIME = "2026-01-01T00:00:00.5Z";
    private static final String PIN = "{\"replication_factor_min\":-1,\"replication_factor_max\":-1,\"name\":\"a\","
            + "\"mode\":\"recursive\",\"shard_size\":0,\"user_allocations\":null,\"expire_at\":\"0001-01-01T00:00:00Z\","
            + "\"metadata\":{\"a\":\"b\"},\"pin_update\":null,\"origins\":[],\"cid\":\"" + CID + "\",\"type\":\"pin\","
            + "\"allocations\":[],\"max_depth\":-1,\"reference\":null,\"timestamp\":\"" + TIME + "\"}\n";
    private static final String STATUS = "{\"cid\":\"" + CID + "\",\"name\":\"a\",\"allocations\":[],\"origins\":[],"
            + "\"created\":\"" + TIME + "\",\"metadata\":null,\"peer_map\":{\"" + PEER + "\":{\"peername\":\"a\","
            + "\"ipfs_peer_id\":\"" + PEER + "\",\"status\":\"pinned\",\"timestamp\":\"" + TIME
            + "\",\"error\":\"\",\"attempt_count\":0,\"priority_pin\":false}}}\n";
    private static final Map<String, String> ANSWERS = Map.of(
            "/id", ID,
            "/peers", ID,
            "/version", "{\"version\":\"1\"}\n",
            "/pins", STATUS,
            "/allocations", PIN,
            "/add", "{\"name\":\"a\",\"cid\":\"" + CID + "\",\"size\":1}\n");

    private TrainingRun() {}

    /** Serves itself, runs, and ends. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = Main.utf8(FileDescriptor.out);
        PrintStream err = Main.utf8(FileDescriptor.err);
        Path file = Files.createTempFile("pinion", "training");
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server), "training");
            thread.setDaemon(true);
            thread.start();
            String host = "/ip4/127.0.0.1/tcp/" + server.getLocalPort();
            Clock clock = Clock.systemDefaultZone();
            Terminal terminal = Terminal.of(null, Map.of());
            for (List<String> words : List.of(
                    List.of("id"),
                    List.of("--enc", "json", "id"),
                    List.of("version"),
                    List.of("peers", "ls"),
                    List.of("pin", "ls", "--sort", "name"),
                    List.of("pin", "ls", CID),
                    List.of("--enc", "json", "pin", "ls"),
                    List.of("pin", "add", "--ns", "--name", "a", CID),
                    List.of("status"),
                    List.of("status", CID),
                    List.of("--enc", "json", "status"),
                    List.of("--enc", "table", "status"),
                    List.of("add", file.toString()),
                    List.of("pin", "ls", "none"),
                    List.of("--help"))) {
                String[] all = new String[words.size() + 2];
                all[0] = "--host";
                all[1] = host;
                for (int i = 0; i < words.size(); i++) {
                    all[i + 2] = words.get(i);
                }
                new Ctl(out, err, Map.of(), clock, terminal).run(all);
            }
        } finally {
            Files.delete(file);
        }
        System.exit(0);
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    answer(socket.getInputStream(), socket.getOutputStream());
                }
            }
        } catch (IOException closed) {
            return; // the run is over
        }
    }

    private static void answer(InputStream in, OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder();
        String end = "\r\n\r\n";
        while (head.indexOf(end) < 0 || (head.indexOf("chunked") >= 0 && head.indexOf("\r\n0" + end) < 0)) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        String path = head.toString().split(" ", 3)[1];
        String first = path.replaceFirst("(?<=.)[/?].*", "");
        String body = path.startsWith("/pins/ipfs") ? PIN : ANSWERS.getOrDefault(first, "");
        String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                + "Trailer: X-Stream-Error\r\nConnection: close\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                + body + "\r\n0\r\nX-Stream-Error: \r\n\r\n";
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
