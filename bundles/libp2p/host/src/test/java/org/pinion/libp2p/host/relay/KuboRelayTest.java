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
package org.pinion.libp2p.host.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.host.TestHosts;

/** A relay and a dialer that others wrote: needs Kubo, as KUBO_BIN or the command ipfs. */
class KuboRelayTest {
    private static final String ECHO = "/test/echo/1.0.0";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestHosts hosts = new TestHosts();
    private final List<Process> daemons = new ArrayList<>();
    private Path kubo;

    @TempDir
    private Path folder;

    @BeforeEach
    void findKubo() {
        String given = System.getenv("KUBO_BIN");
        kubo = given != null
                ? Path.of(given)
                : Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                        .map(each -> Path.of(each, "ipfs"))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElse(null);
        Assumptions.assumeTrue(kubo != null, "skipped: no Kubo, neither KUBO_BIN nor ipfs on PATH");
    }

    @AfterEach
    void close() throws InterruptedException {
        hosts.close();
        for (Process daemon : daemons) {
            daemon.destroy();
            if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        }
    }

    private ProcessBuilder ipfs(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, kubo.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("IPFS_PATH", folder.resolve(name).toString());
        builder.environment().put("IPFS_TELEMETRY", "off");
        return builder;
    }

    private String run(String name, String... arguments) throws IOException, InterruptedException {
        Process process = ipfs(name, arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Starts a daemon that relays; gives its address with its peer id. */
    private Multiaddr start(String name) throws IOException, InterruptedException {
        run(name, "init", "--profile", "test");
        File file = folder.resolve(name).resolve("config").toFile();
        ObjectNode config = (ObjectNode) JSON.readTree(file);
        config.putArray("Bootstrap");
        config.withObject("/Routing").put("Type", "none");
        config.withObject("/AutoConf").put("Enabled", false);
        config.withObject("/AutoTLS").put("Enabled", false);
        config.withObject("/Discovery/MDNS").put("Enabled", false);
        config.withObject("/Addresses").put("API", "/ip4/127.0.0.1/tcp/0");
        config.withObject("/Addresses").putArray("Gateway");
        config.withObject("/Addresses").putArray("Swarm").add("/ip4/127.0.0.1/tcp/0");
        config.withObject("/Swarm/RelayService").put("Enabled", true);
        config.withObject("/Internal").put("Libp2pForceReachability", "public");
        JSON.writeValue(file, config);
        Process daemon = ipfs(name, "daemon").start();
        daemons.add(daemon);
        BufferedReader lines = daemon.inputReader(StandardCharsets.UTF_8);
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            if (line.contains("Daemon is ready")) {
                Thread drain = new Thread(() -> drain(lines), "kubo-output");
                drain.setDaemon(true);
                drain.start();
                return Multiaddr.parse(
                        run(name, "id", "-f", "<addrs>").lines().findFirst().orElseThrow());
            }
        }
        throw new AssertionError(seen.toString());
    }

    private static void drain(BufferedReader lines) {
        try (lines) {
            while (lines.readLine() != null) {
                // a full pipe would stop the daemon
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    @Test
    void hostsMeetOverARelayOfTheReferenceAndItsPeersReachThem() throws Exception {
        Multiaddr relay = start("relay");
        PeerId relayId = relay.peerId().orElseThrow();
        Multiaddr place = relay.append(Multiaddr.parse("/p2p-circuit"));
        BlockingQueue<PeerId> met = new ArrayBlockingQueue<>(100);
        Host dialer = hosts.open(settings());
        Host listener = hosts.open(settings().withListen(List.of(place)));
        listener.handle(ECHO, TestHosts::echo);
        listener.listen(new HostListener() {
            @Override
            public void peerConnected(PeerId peer) {
                met.add(peer);
            }
        });
        Host witness = hosts.open(settings());
        BlockingQueue<PeerInfo> told = new ArrayBlockingQueue<>(100);
        witness.listen(new HostListener() {
            @Override
            public void peerIdentified(PeerInfo info) {
                told.add(info);
            }
        });
        TestHosts.connect(listener, witness);
        PeerInfo info = told.poll(20, TimeUnit.SECONDS);
        while (!info.addresses().contains(place)) {
            info = told.poll(20, TimeUnit.SECONDS);
            assertThat(info).as("the place is told").isNotNull();
        }

        Connection connection = await(dialer.connect(listener.id(), List.of(place)));

        assertThat(connection.limited()).isTrue();
        assertThat(connection.remoteAddress()).isEqualTo(place);
        byte[] data = new byte[60_000];
        new Random(9).nextBytes(data);
        var stream = await(connection.newStream(List.of(ECHO)));
        stream.write(ByteBuffer.wrap(data));
        stream.closeWrite();
        assertThat(readAll(stream)).isEqualTo(data);
        assertThat(listener.addresses()).containsExactly(place);

        start("dialer");
        run("dialer", "swarm", "connect", place.withPeerId(listener.id()).toString());
        PeerId stranger = PeerId.parse(run("dialer", "id", "-f", "<id>").strip());
        PeerId next = met.poll(20, TimeUnit.SECONDS);
        while (!stranger.equals(next)) {
            assertThat(next).isNotNull().isIn(dialer.id(), relayId, witness.id());
            next = met.poll(20, TimeUnit.SECONDS);
        }
        assertThat(listener.connections())
                .filteredOn(each -> each.remotePeer().equals(stranger))
                .singleElement()
                .satisfies(each -> assertThat(each.limited()).isTrue());
    }
}
