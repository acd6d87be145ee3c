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

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.itests.testkit.RecordedKubo;
import org.pinion.itests.testkit.RecordedKubo.Answer;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoStat;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** Nodes that are away, break off, answer nonsense or want to be convinced first. */
class BadNodeTest {
    private static final String CID = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
    private static final String OTHER = "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH";
    private static final String LS = "pin/ls?stream=true&arg=" + CID + "&type=recursive";
    private static final String ADD = "pin/add?arg=" + CID + "&recursive=true&progress=true";
    private static final String STAT = "repo/stat?size-only=true";
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    Path folder;

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private final Map<String, Object> section = new HashMap<>();
    private Optional<String> authorization = Optional.empty();
    private SslContextFactory.Client tls = new SslContextFactory.Client();
    private RecordedKubo kubo;
    private IpfsHttp ipfs;

    @BeforeEach
    void start() throws IOException {
        kubo = new RecordedKubo();
        section.put("node.multiaddress", kubo.address());
        restart();
    }

    private void restart() {
        if (ipfs != null) {
            ipfs.close();
        }
        ipfs = new IpfsHttp(section, executors, authorization, tls);
    }

    @AfterEach
    void stop() throws IOException {
        ipfs.close();
        executors.close();
        kubo.close();
    }

    private CompletableFuture<Void> pin() {
        return ipfs.pin(Pin.of(Cid.parse(CID), PinOptions.NONE));
    }

    private static List<IpfsPin> all(Cursor<IpfsPin> cursor) {
        List<IpfsPin> all = new ArrayList<>();
        try (cursor) {
            for (IpfsPin value = cursor.next(); value != null; value = cursor.next()) {
                all.add(value);
            }
        }
        return all;
    }

    @Test
    void nodeThatComesBackIsUsedAgainWithoutARestart() throws IOException {
        int port = kubo.port();
        kubo.close();
        CompletableFuture<RepoStat> asked = ipfs.stat();
        section.put("ipfs.request.timeout", "200ms");
        List<CompletableFuture<Void>> pins = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pins.add(ipfs.unpin(Cid.parse(CID)));
        }
        assertThatThrownBy(() -> pins.get(0).join()).cause().hasMessageContaining("127.0.0.1:" + port);
        kubo = new RecordedKubo(port);
        kubo.on(STAT, "{\"RepoSize\":7,\"StorageMax\":8}");
        kubo.on("pin/rm?arg=" + CID, "{}");
        // asked while the node was away, answered after it came back
        assertThat(asked.join()).isEqualTo(new RepoStat(7, 8));
        assertThat(ipfs.stat().join()).isEqualTo(new RepoStat(7, 8));
        ipfs.unpin(Cid.parse(CID)).join();
    }

    @Test
    void callThatBrokeOffIsTriedAgainIfItChangesNothing() {
        kubo.on(STAT, new Answer(0, List.of(), "", false, true));
        CompletableFuture<RepoStat> asked = ipfs.stat();
        while (kubo.commands().isEmpty()) {
            Thread.onSpinWait();
        }
        kubo.on(STAT, "{\"RepoSize\":7,\"StorageMax\":8}");
        assertThat(asked.join()).isEqualTo(new RepoStat(7, 8));

        kubo.on("pin/rm?arg=" + CID, new Answer(0, List.of(), "", false, true));
        assertThatThrownBy(() -> ipfs.unpin(Cid.parse(CID)).join())
                .cause()
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("broke off pin/rm");
        assertThat(Collections.frequency(kubo.commands(), "pin/rm?arg=" + CID)).isEqualTo(1);
    }

    @Test
    void answersThatAreNoHttpAreFailures() {
        kubo.on("pin/rm?arg=" + CID, new Answer(0, RecordedKubo.chunks("SSH-2.0-OpenSSH_9"), "", false, true));
        assertThatThrownBy(() -> ipfs.unpin(Cid.parse(CID)).join()).cause().hasMessageContaining("pin/rm?arg=" + CID);
        kubo.error("pin/rm?arg=" + CID, "not pinned or pinned indirectly");
        ipfs.unpin(Cid.parse(CID)).join();
    }

    @Test
    void nodeThatDiesWhileItPinsIsAFailure() {
        kubo.error(LS, "path '" + CID + "' is not pinned");
        kubo.on(ADD, Answer.broken("{\"Progress\":1}"));
        assertThatThrownBy(() -> pin().join()).cause().hasMessageContaining("broke off pin/add?arg=" + CID);
        kubo.on(ADD, "{\"Progress\":1}");
        assertThatThrownBy(() -> pin().join()).cause().hasMessageContaining("without saying that it is pinned");
        kubo.on(ADD, "{\"Pins\":[\"" + CID + "\"]}");
        pin().join();
    }

    @Test
    void nonsenseIsAFailureThatNamesTheCall() {
        kubo.error(LS, "path '" + CID + "' is not pinned");
        for (String nonsense :
                List.of("{\"Progress\":1}{\"Pins\":[", "{\"Progress\":", "[1]", "<html>", "{\"a\":1,,}")) {
            kubo.on(ADD, nonsense);
            assertThatThrownBy(() -> pin().join())
                    .cause()
                    .isInstanceOfSatisfying(
                            ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                    .hasMessageContaining("pin/add?arg=" + CID)
                    .hasMessageContaining("cannot be understood");
        }
    }

    @Test
    void answersWithoutAnEndAreCutOff() {
        kubo.on(STAT, "{\"RepoSize\":\"" + "x".repeat(2 << 20) + "\"}");
        assertThatThrownBy(() -> ipfs.stat().join()).cause().hasMessageContaining("cannot be understood");
        kubo.on(STAT, "[".repeat(10_000));
        assertThatThrownBy(() -> ipfs.stat().join()).cause().hasMessageContaining("cannot be understood");
        String text = "\"" + "x".repeat(1 << 19) + "\",";
        kubo.on("swarm/peers", "{\"Peers\":[" + text.repeat(40));
        assertThatThrownBy(() -> ipfs.swarmPeers().join()).cause().hasMessageContaining("bytes in one JSON object");
        kubo.on("pin/rm?arg=" + CID, "{}".repeat(1001));
        assertThatThrownBy(() -> ipfs.unpin(Cid.parse(CID)).join())
                .cause()
                .hasMessageContaining("more than 1000 objects");
        byte[] data = "one".getBytes(StandardCharsets.UTF_8);
        Block block = new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data);
        kubo.on(
                "block/put?allow-big-block=true&cid-codec=raw&mhlen=32&mhtype=sha2-256&pin=false",
                ("{\"Key\":\"" + block.cid() + "\"}").repeat(300));
        assertThatThrownBy(() -> ipfs.putBlocks(Cursor.of(List.of(block))).join())
                .cause()
                .hasMessageContaining("more than 256 keys");
    }

    @Test
    void listingThatDoesNotGoOnIsGivenUp() {
        section.put("ipfs.request.timeout", "100ms");
        restart();
        kubo.on(
                "pin/ls?stream=true&type=recursive",
                new Answer(200, RecordedKubo.chunks("{\"Cid\":\"" + CID + "\",\"Type\":\"recursive\"}"), "", false));
        assertThatThrownBy(() -> all(ipfs.pins(Set.of(IpfsPinStatus.RECURSIVE))))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT))
                .hasMessageContaining("ipfs_request_timeout");
    }

    @Test
    void blocksThatAreNotTakenAreGivenUp() {
        section.put("ipfs.request.timeout", "100ms");
        restart();
        byte[] data = "one".getBytes(StandardCharsets.UTF_8);
        Block block = new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data);
        kubo.on(
                "block/put?allow-big-block=true&cid-codec=raw&mhlen=32&mhtype=sha2-256&pin=false",
                new Answer(200, List.of(), "", false));
        assertThatThrownBy(() -> ipfs.putBlocks(Cursor.of(List.of(block))).join())
                .cause()
                .hasMessageContaining("did not answer block/put");
    }

    @Test
    void cancelledUpdateEndsTheCall() throws InterruptedException {
        kubo.error(LS, "path '" + CID + "' is not pinned");
        kubo.on(
                "pin/ls?stream=true&arg=" + OTHER + "&type=recursive",
                "{\"Cid\":\"" + OTHER + "\",\"Type\":\"recursive\"}");
        String update = "pin/update?arg=" + OTHER + "&arg=" + CID + "&unpin=false";
        kubo.on(update, new Answer(200, List.of(), "", false));
        CompletableFuture<Void> pin = ipfs.pin(Pin.of(
                Cid.parse(CID), PinOptions.builder().pinUpdate(Cid.parse(OTHER)).build()));
        while (!kubo.commands().contains(update)) {
            Thread.onSpinWait();
        }
        pin.cancel(true);
        assertThat(kubo.left().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pinIsMadeAnewWhenTheOldOneIsNotPinnedRecursively() {
        kubo.error(LS, "path '" + CID + "' is not pinned");
        kubo.on(
                "pin/ls?stream=true&arg=" + OTHER + "&type=recursive",
                "{\"Cid\":\"" + OTHER + "\",\"Type\":\"indirect through " + CID + "\"}");
        kubo.on(ADD, "{\"Pins\":[\"" + CID + "\"]}");
        ipfs.pin(Pin.of(
                        Cid.parse(CID),
                        PinOptions.builder().pinUpdate(Cid.parse(OTHER)).build()))
                .join();
        assertThat(kubo.commands()).contains(ADD);
    }

    @Test
    void everyNthChangeMakesTheInformersMeasure() {
        section.put("informer.trigger.interval", 2L);
        restart();
        AtomicInteger measured = new AtomicInteger();
        ipfs.setTrigger(measured::incrementAndGet);
        kubo.on(LS, "{\"Cid\":\"" + CID + "\",\"Type\":\"recursive\"}");
        pin().join();
        assertThat(measured).hasValue(0); // nothing changed
        kubo.error(LS, "path '" + CID + "' is not pinned");
        kubo.error(ADD, "no");
        assertThatThrownBy(() -> pin().join()).cause().hasMessageContaining("no");
        assertThat(measured).hasValue(1); // begin and end
        kubo.on("repo/gc?stream-errors=true", "{\"Key\":{\"/\":\"" + CID + "\"}}");
        try (var removed = ipfs.collectGarbage()) {
            assertThat(removed.next()).isNotNull();
            assertThat(removed.next()).isNull();
        }
        assertThat(measured).hasValue(1);
        assertThatThrownBy(() -> ipfs.putBlocks(Cursor.empty()).join()).hasMessageContaining("no blocks");
        assertThat(measured).hasValue(2);
    }

    @Test
    void nodeBehindAPasswordIsReached() {
        authorization = Optional.of("basic:user:pass");
        restart();
        kubo.on(STAT, "{\"RepoSize\":7,\"StorageMax\":8}");
        ipfs.stat().join();
        assertThat(kubo.headers()).contains("Authorization: Basic dXNlcjpwYXNz");
    }

    @Test
    void nodeBehindTlsIsReachedIfItsCertificateIsTrusted() throws Exception {
        Path file = folder.resolve("keys.p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> words = new ArrayList<>(List.of((tool + " -genkeypair -alias a -keyalg EC -dname CN=localhost"
                        + " -ext san=ip:127.0.0.1 -storetype PKCS12 -storepass password -keystore")
                .split(" ")));
        words.add(file.toString());
        assertThat(new ProcessBuilder(words).redirectErrorStream(true).start().waitFor())
                .isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        try (ServerSocket server =
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server), "recorded-kubo-tls");
            thread.setDaemon(true);
            thread.start();
            section.put("node.multiaddress", "/ip4/127.0.0.1/tcp/" + server.getLocalPort() + "/https");
            restart();
            assertThatThrownBy(() -> ipfs.stat().join()).cause().hasMessageContaining("https://127.0.0.1");
            tls = new SslContextFactory.Client();
            tls.setTrustStore(trusted);
            restart();
            assertThat(ipfs.stat().join()).isEqualTo(new RepoStat(7, 8));
        }
    }

    private static void serve(ServerSocket server) {
        String body = "{\"RepoSize\":7,\"StorageMax\":8}";
        while (!server.isClosed()) {
            try (var client = server.accept()) {
                client.getInputStream().read(new byte[4096]);
                client.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().read();
            } catch (IOException refused) {
                // the client does not trust us
            }
        }
    }
}
