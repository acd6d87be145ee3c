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
package org.pinion.itests.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A Kubo daemon on loopback that talks to nobody it was not told about. */
public final class KuboNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path binary;
    private final Path folder;
    private final Map<String, String> environment;
    private final int apiPort = TestPeer.freePort();
    private final int swarmPort = TestPeer.freePort();
    private final ForeignProcess daemon;

    /** Starts {@code binary}, Kubo's {@code ipfs}; it may not answer yet, see {@link #awaitReady}. */
    public KuboNode(Path binary, Path folder) throws IOException {
        this(binary, folder, config -> {});
    }

    /** One with a configuration of its own. */
    public KuboNode(Path binary, Path folder, Consumer<ObjectNode> change) throws IOException {
        this.binary = binary;
        this.folder = Files.createDirectories(folder);
        Path repo = folder.resolve("repo");
        environment = Map.of("IPFS_PATH", repo.toString(), "IPFS_TELEMETRY", "off");
        ipfs("init", "--profile", "test");
        File file = repo.resolve("config").toFile();
        ObjectNode config = (ObjectNode) JSON.readTree(file);
        config.putArray("Bootstrap");
        config.withObject("/Routing").put("Type", "none");
        config.withObject("/AutoConf").put("Enabled", false);
        config.withObject("/AutoTLS").put("Enabled", false);
        config.withObject("/Discovery/MDNS").put("Enabled", false);
        config.withObject("/Addresses").put("API", apiAddress());
        config.withObject("/Addresses").put("Gateway", "/ip4/127.0.0.1/tcp/" + TestPeer.freePort());
        config.withObject("/Addresses").putArray("Swarm").add("/ip4/127.0.0.1/tcp/" + swarmPort);
        change.accept(config);
        JSON.writeValue(file, config);
        daemon = ForeignProcess.start(this.folder, environment, List.of(binary.toString(), "daemon"));
    }

    /** Waits until the daemon answers. */
    public KuboNode awaitReady() {
        Await.until(
                "Kubo answers",
                Duration.ofSeconds(60),
                () -> Rest.send("POST", apiPort, "/api/v0/id").status() == 200 ? "" : "no answer",
                daemon::log);
        return this;
    }

    /** Whether this node itself has a block, without asking others. */
    public boolean has(String cid) {
        try {
            return Rest.send("POST", apiPort, "/api/v0/block/stat?offline=true&arg=" + cid)
                            .status()
                    == 200;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Adds a text without pinning it and gives its CID. */
    public String add(String text) {
        return Program.run(
                        environment,
                        folder,
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                        List.of(binary.toString(), "add", "-Q", "--pin=false", "--raw-leaves"))
                .expectSuccess()
                .strip();
    }

    /** Runs an {@code ipfs} command on this node's repository and gives its output. */
    public String ipfs(String... arguments) {
        return ForeignProcess.run(
                folder,
                environment,
                Stream.concat(Stream.of(binary.toString()), Arrays.stream(arguments))
                        .toList());
    }

    /** The port of its RPC API. */
    public int apiPort() {
        return apiPort;
    }

    /** Where its RPC API listens, as a multiaddress. */
    public String apiAddress() {
        return "/ip4/127.0.0.1/tcp/" + apiPort;
    }

    /** The node's id. */
    public String peerId() {
        try {
            return JSON.readTree(folder.resolve("repo/config").toFile())
                    .at("/Identity/PeerID")
                    .asText();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What it printed so far. */
    public String log() {
        return daemon.log();
    }

    @Override
    public void close() {
        daemon.close();
    }
}
