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
package org.pinion.itests.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** A Kubo daemon on loopback that talks to nobody it was not told about. */
final class KuboNode implements AutoCloseable {
    private final Path binary;
    private final Path folder;
    private final Map<String, String> environment;
    private final int apiPort = TestPeer.freePort();
    private final int swarmPort = TestPeer.freePort();
    private final ForeignProcess daemon;

    KuboNode(Path binary, Path folder) throws IOException {
        this.binary = binary;
        this.folder = Files.createDirectories(folder);
        environment = Map.of("IPFS_PATH", folder.resolve("repo").toString(), "IPFS_TELEMETRY", "off");
        ipfs("init", "--profile", "test");
        ipfs("bootstrap", "rm", "--all");
        ipfs("config", "Routing.Type", "none");
        ipfs("config", "--json", "AutoConf.Enabled", "false");
        ipfs("config", "--json", "AutoTLS.Enabled", "false");
        ipfs("config", "--json", "Discovery.MDNS.Enabled", "false");
        ipfs("config", "Addresses.API", "/ip4/127.0.0.1/tcp/" + apiPort);
        ipfs("config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/" + TestPeer.freePort());
        ipfs("config", "--json", "Addresses.Swarm", "[\"/ip4/127.0.0.1/tcp/" + swarmPort + "\"]");
        daemon = ForeignProcess.start(this.folder, environment, List.of(binary.toString(), "daemon"));
        Await.until(
                "Kubo answers",
                Duration.ofSeconds(60),
                () -> Rest.send("POST", apiPort, "/api/v0/id").status() == 200 ? "" : "no answer",
                daemon::log);
    }

    String ipfs(String... arguments) {
        return ForeignProcess.run(
                folder,
                environment,
                Stream.concat(Stream.of(binary.toString()), Arrays.stream(arguments))
                        .toList());
    }

    String apiAddress() {
        return "/ip4/127.0.0.1/tcp/" + apiPort;
    }

    String swarmAddress() {
        return "/ip4/127.0.0.1/tcp/" + swarmPort + "/p2p/"
                + ipfs("id", "-f", "<id>").strip();
    }

    String log() {
        return daemon.log();
    }

    @Override
    public void close() {
        daemon.close();
    }
}
