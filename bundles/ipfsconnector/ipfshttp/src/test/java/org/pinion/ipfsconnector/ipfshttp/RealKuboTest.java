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
package org.pinion.ipfsconnector.ipfshttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.ipfsconnector.RpcEndpoint;

/** What the other tests have {@link RecordedKubo} answer is what Kubo answers. */
@EnabledIfEnvironmentVariable(named = "KUBO_BIN", matches = ".+")
class RealKuboTest {
    private static final String MISSING = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    @TempDir
    Path folder;

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private Process daemon;
    private String api;
    private IpfsHttp ipfs;

    @BeforeEach
    void start() throws Exception {
        run("init", "--profile", "test");
        run("bootstrap", "rm", "--all");
        run("config", "Routing.Type", "none");
        for (String service : List.of("AutoConf.Enabled", "AutoTLS.Enabled", "Discovery.MDNS.Enabled")) {
            run("config", "--json", service, "false");
        }
        daemon = command("daemon").start();
        BufferedReader said = daemon.inputReader();
        for (String line = said.readLine(); line == null || !line.contains("Daemon is ready"); line = said.readLine()) {
            assertThat(line).as("Kubo's output").isNotNull();
        }
        api = Files.readString(folder.resolve("repo/api")).strip();
        ipfs = new IpfsHttp(
                Map.of("node.multiaddress", api, "pin.timeout", "1s"),
                executors,
                Optional.empty(),
                new SslContextFactory.Client());
    }

    private ProcessBuilder command(String... arguments) {
        Path named = Path.of(System.getenv("KUBO_BIN"));
        List<String> words = new ArrayList<>();
        words.add((Files.isDirectory(named) ? named.resolve("ipfs") : named).toString());
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("IPFS_PATH", folder.resolve("repo").toString());
        builder.environment().put("IPFS_TELEMETRY", "off");
        return builder;
    }

    private void run(String... arguments) throws IOException, InterruptedException {
        Process process = command(arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (ipfs != null) {
            ipfs.close();
        }
        executors.close();
        if (daemon != null) {
            daemon.destroy();
            if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly().waitFor();
            }
        }
    }

    private static Block raw(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data);
    }

    private Map<String, Object> post(String command) throws IOException, InterruptedException {
        RpcEndpoint at = RpcEndpoint.of(org.pinion.ipld.multiformats.Multiaddr.parse(api));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + at + "/api/v0/" + command))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        byte[] answer = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .body();
        try (Json json = new Json(new ByteArrayInputStream(answer))) {
            Map<String, Object> first = json.next();
            return first == null ? Map.of() : first;
        }
    }

    @Test
    void recordedAnswersAreKubos() throws Exception {
        Block one = raw("one");
        ipfs.putBlocks(Cursor.of(List.of(one))).join();
        String cid = one.cid().toString();
        assertThat(post("pin/ls?stream=true&arg=" + cid + "&type=recursive"))
                .isEqualTo(Map.of("Message", "path '" + cid + "' is not pinned", "Code", 0L, "Type", "error"));
        assertThat(post("pin/rm?arg=" + cid))
                .isEqualTo(Map.of("Message", "not pinned or pinned indirectly", "Code", 0L, "Type", "error"));
        assertThat(post("pin/add?arg=" + cid + "&recursive=true&progress=true"))
                .containsAnyOf(Map.entry("Pins", List.of(cid)), Map.entry("Progress", 1L), Map.entry("Progress", 0L));
        assertThat(post("pin/ls?stream=true&arg=" + cid + "&type=recursive"))
                .containsEntry("Cid", cid)
                .containsEntry("Type", "recursive");
        assertThat(post("pin/ls?stream=true&type=recursive")).containsKeys("Cid", "Type");
        assertThat(post("repo/stat?size-only=true")).containsKeys("RepoSize", "StorageMax");
        assertThat(post("id")).containsKeys("ID", "Addresses", "AgentVersion");
        assertThat(post("swarm/peers")).isEmpty(); // Peers is null when there is none
        assertThat(post("resolve?arg=%2Fipfs%2F" + cid)).isEqualTo(Map.of("Path", "/ipfs/" + cid));
    }

    @Test
    void pinsAndBlocksGoThereAndBack() {
        assertThat(ipfs.id().join().addresses()).isNotEmpty();
        Block one = raw("one");
        Block two = raw("two");
        byte[] text = "node".getBytes(StandardCharsets.UTF_8);
        // an empty dag-pb node with that as data
        byte[] node = new byte[text.length + 2];
        node[0] = 0x0a;
        node[1] = (byte) text.length;
        System.arraycopy(text, 0, node, 2, text.length);
        Block old = new Block(Cid.v0(Multihash.sha256(node)), node);
        ipfs.putBlocks(Cursor.of(List.of(one, two, old))).join();
        assertThat(ipfs.getBlock(old.cid()).join()).isEqualTo(node);

        Pin first = Pin.of(old.cid(), PinOptions.NONE);
        ipfs.pin(first).join();
        ipfs.pin(first).join();
        assertThat(ipfs.pinStatus(first).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        Pin direct = Pin.of(one.cid(), PinOptions.builder().mode(PinMode.DIRECT).build());
        ipfs.pin(direct).join();
        ipfs.pin(Pin.of(two.cid(), PinOptions.builder().pinUpdate(old.cid()).build()))
                .join();
        List<IpfsPin> all = new ArrayList<>();
        try (var pins = ipfs.pins(Set.of(IpfsPinStatus.RECURSIVE, IpfsPinStatus.DIRECT))) {
            for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                all.add(pin);
            }
        }
        assertThat(all)
                .contains(new IpfsPin(one.cid(), IpfsPinStatus.DIRECT))
                .contains(new IpfsPin(two.cid(), IpfsPinStatus.RECURSIVE))
                .contains(new IpfsPin(old.cid(), IpfsPinStatus.RECURSIVE));
        ipfs.unpin(one.cid()).join();
        ipfs.unpin(one.cid()).join();
        long removed = 0;
        try (var garbage = ipfs.collectGarbage()) {
            for (var gone = garbage.next(); gone != null; gone = garbage.next()) {
                assertThat(gone.error()).isEmpty();
                removed++;
            }
        }
        assertThat(removed).isPositive();
        assertThat(ipfs.stat().join().storageMaxBytes()).isPositive();
        assertThat(ipfs.swarmPeers().join()).isEmpty();
    }

    @Test
    void pinOfWhatNobodyHasEndsWithThePinTimeout() {
        assertThatThrownBy(() ->
                        ipfs.pin(Pin.of(Cid.parse(MISSING), PinOptions.NONE)).join())
                .cause()
                .hasMessageContaining(MISSING)
                .hasMessageContaining("pin_timeout");
    }
}
