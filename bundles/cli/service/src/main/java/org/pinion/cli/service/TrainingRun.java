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
package org.pinion.cli.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pinion.cli.service.ServiceCommand.Surroundings;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.ConfigFiles.Listener;

/**
 * The run behind the daemon's class archive: the start script calls it in the background at the first use, with the
 * virtual machine told to write down the classes it loaded when it ends. Its cache of bundles is kept too: a new peer
 * copies it instead of resolving and installing all features; see {@link PeerFolder}.
 */
public final class TrainingRun {
    /** System property that makes a daemon stop as soon as all its bundles have started and answered some requests. */
    static final String PROPERTY = "pinion.training";

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String FILE = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\na\r\n--b--\r\n";
    /** What users ask most; the pin needs no other node, as its CID holds its content. */
    private static final List<String> REQUESTS = List.of(
            "GET /id",
            "GET /health",
            "POST /add?name=a",
            "POST /pins/bafkqaaa",
            "GET /pins/bafkqaaa",
            "GET /allocations",
            "GET /pins?local=true",
            "GET /peers",
            "DELETE /pins/bafkqaaa");

    private TrainingRun() {}

    /**
     * Makes a peer of its own with free ports, starts it and stops it again.
     *
     * @param arguments one: a folder to use, made if it does not exist
     */
    public static void main(String[] arguments) throws IOException {
        System.setProperty(PROPERTY, "true");
        Path dir = Files.createDirectories(Path.of(arguments[0]));
        Surroundings surroundings = new Surroundings(System.in, System.out, System.err, Map.of());
        Main.run(surroundings, "--config", dir.toString(), "init", "--ipfs", "embedded", "--randomports");
        System.exit(Main.run(surroundings, "--config", dir.toString(), "daemon"));
    }

    /** Asks the peer for what users ask for, so that the classes behind the answers are written down too. */
    static void use(Path dir) {
        try {
            for (Listener listener :
                    Providers.configFiles().read(dir, Map.of(), Map.of()).listeners()) {
                if (listener.section().equals("api.restapi")) {
                    int port = port(listener.address());
                    for (String request : REQUESTS) {
                        ask(port, request);
                    }
                }
            }
        } catch (IOException e) {
            System.err.println("the class archive lacks some classes: " + e);
        }
    }

    private static int port(Multiaddr address) {
        String text = address.toString();
        return Integer.parseInt(text.substring(text.lastIndexOf('/') + 1));
    }

    private static void ask(int port, String request) throws IOException {
        String body = request.contains("/add") ? FILE : "";
        String head = request + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n";
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
