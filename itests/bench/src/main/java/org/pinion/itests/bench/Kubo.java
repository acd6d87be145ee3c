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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** A Kubo daemon on loopback that talks to nobody. */
final class Kubo implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final int apiPort = TestPeer.freePort();
    private final ForeignProcess daemon;

    Kubo(Path binary, Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, String> environment =
                Map.of("IPFS_PATH", folder.resolve("repo").toString(), "IPFS_TELEMETRY", "off");
        String ipfs = binary.toString();
        ForeignProcess.run(folder, environment, ipfs, "init", "--profile", "test");
        ForeignProcess.run(folder, environment, ipfs, "bootstrap", "rm", "--all");
        ForeignProcess.run(folder, environment, ipfs, "config", "Routing.Type", "none");
        for (String service : new String[] {"AutoConf.Enabled", "AutoTLS.Enabled", "Discovery.MDNS.Enabled"}) {
            ForeignProcess.run(folder, environment, ipfs, "config", "--json", service, "false");
        }
        ForeignProcess.run(folder, environment, ipfs, "config", "Addresses.API", apiAddress());
        ForeignProcess.run(folder, environment, ipfs, "config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0");
        String swarm = "[\"/ip4/127.0.0.1/tcp/" + TestPeer.freePort() + "\"]";
        ForeignProcess.run(folder, environment, ipfs, "config", "--json", "Addresses.Swarm", swarm);
        daemon = ForeignProcess.start(folder, environment, java.util.List.of(ipfs, "daemon"));
        Await.until(
                "Kubo answers",
                START,
                () -> Rest.send("POST", apiPort, "/api/v0/id").status() == 200 ? "" : "no answer",
                daemon::log);
    }

    int apiPort() {
        return apiPort;
    }

    String apiAddress() {
        return "/ip4/127.0.0.1/tcp/" + apiPort;
    }

    @Override
    public void close() {
        daemon.close();
    }
}
