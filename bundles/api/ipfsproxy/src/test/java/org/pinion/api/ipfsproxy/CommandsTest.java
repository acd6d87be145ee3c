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
package org.pinion.api.ipfsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;

/** The commands that act on the cluster, over a pin set in memory. */
@Timeout(60)
class CommandsTest {
    private static final Cid ONE = Cid.parse("QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX");
    private static final Cid TWO = Cid.parse("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq");
    private static final String MULTIPART =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n"
                    + "Content-Type: application/octet-stream\r\n\r\nhello\r\n--b--\r\n";

    private final Memory memory = new Memory();
    private String nodeAnswer = "";
    private FakeKubo kubo;
    private RunningProxy proxy;

    @BeforeEach
    void open() {
        kubo = new FakeKubo((head, in, socket) -> {
            in.readNBytes(MULTIPART.length());
            FakeKubo.write(socket, nodeAnswer);
        });
        proxy = new RunningProxy(
                "/ip4/127.0.0.1/tcp/" + kubo.port(), Map.of("extract.headers.extra", new String[] {"X-Custom-Header"}));
        proxy.proxy.pinset = fake(Pinset.class);
        proxy.proxy.health = fake(Health.class);
        proxy.proxy.adder = fake(Adder.class);
        proxy.proxy.consensus = fake(Consensus.class);
        proxy.proxy.ipfsRepo = fake(IpfsRepo.class);
        proxy.proxy.ipfsSwarm = fake(IpfsSwarm.class);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        kubo.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pin/add?arg={1}|{\"Pins\":[\"{1}\"]}",
                "pin/add?arg=/ipfs/{1}|{\"Pins\":[\"{1}\"]}",
                "pin/add/{1}|{\"Pins\":[\"{1}\"]}",
                "pin/rm?arg={2}|{\"Pins\":[\"{2}\"]}",
                "pin/rm/{2}?arg=wrong|{\"Pins\":[\"{2}\"]}",
                "pin/ls?arg={2}|{\"Keys\":{\"{2}\":{\"Type\":\"recursive\"}}}",
                "pin/ls/{2}|{\"Keys\":{\"{2}\":{\"Type\":\"recursive\"}}}",
                "pin/ls?arg={2}&stream=true|{\"Cid\":\"{2}\",\"Type\":\"direct\"}",
                "pin/ls|{\"Keys\":{\"{2}\":{\"Type\":\"recursive\"}}}",
                "pin/update?arg={2}&arg={1}|{\"Pins\":[\"{2}\",\"{1}\"]}",
                "repo/stat|{\"RepoSize\":1000,\"StorageMax\":5000,\"NumObjects\":0}"
            })
    void answersAsKuboWould(String target, String body) throws IOException {
        String answer = proxy.ask("POST", "/api/v0/" + filled(target), "Origin: myorigin");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains(
                        "\r\nContent-Type: application/json\r\n",
                        "\r\nServer: ipfs-cluster/ipfsproxy/1.1.6\r\n",
                        "\r\nAccess-Control-Allow-Origin: myorigin\r\n",
                        "\r\nAccess-Control-Allow-Credentials: true\r\n",
                        "\r\nAccess-Control-Expose-Headers: X-Stream-Output\r\n",
                        "\r\nX-Custom-Header: 42\r\n",
                        "\r\nVary: Origin\r\n")
                .doesNotContain("X-Other");
        assertThat(RunningProxy.body(answer)).contains(filled(body));
        assertThat(kubo.options.get(0)).contains("Origin: myorigin", "Access-Control-Request-Method: POST");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500|pin/add|Error parsing IPFS Path: invalid path \\\"\\\": path does not have enough components",
                "500|pin/add?arg=x|Error parsing IPFS Path: invalid path \\\"x\\\": path does not have enough components",
                "500|pin/add?arg=/x/y|unknown namespace: \\\"x\\\"",
                "500|pin/rm?arg={1}|pin is not part of the pinset",
                "500|pin/ls?arg={1}|Error: path '{1}' is not pinned",
                "500|pin/ls?arg=/ipfs/{1}|invalid cid: ",
                "400|pin/update|argument \\\"from-path\\\" is required",
                "400|pin/update?arg={1}|argument \\\"to-path\\\" is required",
                "500|pin/update?arg=x&arg=y|error parsing \\\"from-path\\\" argument: invalid path",
                "500|add|error reading request: request Content-Type isn't multipart/form-data"
            })
    void tellsFailuresInKubosForm(int status, String target, String message) throws IOException {
        String answer = proxy.ask("POST", "/api/v0/" + filled(target));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(RunningProxy.body(answer))
                .startsWith("{\"Message\":\"")
                .contains(filled(message))
                .endsWith("\"Code\":0,\"Type\":\"error\"}");
    }

    @Test
    void pinsWithTheWantedModeAndReplacesInTheRightOrder() throws IOException {
        proxy.ask("POST", "/api/v0/pin/add?arg=" + ONE + "&type=direct");
        assertThat(memory.log).containsExactly("pin /ipfs/" + ONE + " direct null");
        proxy.ask("POST", "/api/v0/pin/update?arg=" + TWO + "&arg=" + ONE + "&unpin=false");
        assertThat(memory.log.get(1)).isEqualTo("pin /ipfs/" + ONE + " recursive " + TWO);
        assertThat(memory.log).hasSize(2);
        proxy.ask("POST", "/api/v0/pin/update?arg=" + TWO + "&arg=" + ONE);
        assertThat(memory.log.subList(2, 4)).containsExactly("pin /ipfs/" + ONE + " recursive " + TWO, "unpin " + TWO);
    }

    @Test
    void asksForHeadersAgainOnlyWhenTheyAreOld() throws IOException {
        proxy.ask("POST", "/api/v0/pin/ls");
        proxy.ask("POST", "/api/v0/pin/ls");
        assertThat(kubo.heads).hasSize(1);
        proxy.clock.now = proxy.clock.now.plus(Duration.ofMinutes(6));
        proxy.ask("POST", "/api/v0/pin/ls");
        assertThat(kubo.heads).hasSize(2);
        kubo.close();
    }

    @Test
    void commandsWorkWithoutTheNode() throws IOException {
        try (RunningProxy alone = new RunningProxy(1)) {
            alone.proxy.pinset = fake(Pinset.class);
            assertThat(alone.ask("POST", "/api/v0/pin/add?arg=" + ONE)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void saysThatTheClusterIsNotThereYet() throws IOException {
        proxy.proxy.pinset = null;
        assertThat(proxy.ask("POST", "/api/v0/pin/add?arg=" + ONE))
                .startsWith("HTTP/1.1 503 ")
                .contains("cluster is not there yet");
    }

    @Test
    void collectsGarbageWithErrorsInLinesOrInTheTrailer() throws IOException {
        assertThat(proxy.ask("POST", "/api/v0/repo/gc"))
                .contains("{\"Key\":{\"/\":\"" + ONE + "\"}}\n", "{\"Key\":null}\n")
                .contains("\r\nX-Stream-Error: no link by that name;\r\n");
        assertThat(proxy.ask("POST", "/api/v0/repo/gc?stream-errors=true"))
                .contains("{\"Key\":null,\"Error\":\"no link by that name\"}\n", "\r\nTrailer: X-Stream-Error\r\n")
                .doesNotContain("X-Stream-Error: ");
    }

    @Test
    void addsWithTheClusterAndTellsItInKubosForm() throws IOException {
        assertThat(post("add?trickle=true&pin=false&name=n", MULTIPART))
                .contains("\r\nX-Chunked-Output: 1\r\n", "\r\nTrailer: X-Stream-Error\r\n")
                .contains("{\"Name\":\"f.txt\",\"Bytes\":5}\n")
                .contains("{\"Name\":\"f.txt\",\"Hash\":\"" + ONE + "\",\"Size\":\"13\"}\n");
        assertThat(memory.log).containsExactly("add f.txt hello trickle noPin=true n");
        assertThat(RunningProxy.body(post("add?stream-channels=false", MULTIPART)))
                .isEqualTo("[{\"Name\":\"f.txt\",\"Bytes\":5},{\"Name\":\"f.txt\",\"Hash\":\"" + ONE
                        + "\",\"Size\":\"13\"}]\n");
        assertThat(post("add?chunker=foo", MULTIPART))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nX-Stream-Error: unrecognized chunker option: foo\r\n");
        assertThat(post("add?stream-channels=false&chunker=foo", MULTIPART))
                .startsWith("HTTP/1.1 500 ")
                .endsWith("{\"code\":500,\"message\":\"unrecognized chunker option: foo\"}");
        assertThat(post("add?layout=foo", MULTIPART)).contains("{\"Message\":\"error parsing options:");
    }

    @Test
    void addsNothingWhenOnlyTheHashIsWanted() throws IOException {
        assertThat(post("add?only-hash=true", MULTIPART))
                .startsWith("HTTP/1.1 500 ")
                .contains("only-hash is not supported when adding to cluster");
        assertThat(memory.log).isEmpty();
    }

    @Test
    void pinsWhatTheNodeStores() throws Exception {
        nodeAnswer = chunked("{\"Key\":\"" + ONE + "\",\"Size\":5}\n{\"Key\":\"" + TWO + "\",\"Size\":5}\n");
        assertThat(post("block/put?pin=true&a=%2F", MULTIPART))
                .contains("{\"Key\":\"" + ONE + "\",\"Size\":5}\n", "{\"Key\":\"" + TWO + "\",\"Size\":5}\n");
        assertThat(memory.log).containsExactly("put " + ONE, "put " + TWO);
        kubo.heads.take();
        assertThat(kubo.heads.take()).startsWith("POST /api/v0/block/put?pin=true&a=%2F ");

        nodeAnswer = chunked("{\"Cid\":{\"/\":\"" + ONE + "\"}}\n");
        assertThat(post("dag/put?pin=true&a=%2F", MULTIPART)).contains("{\"Cid\":{\"/\":\"" + ONE + "\"}}\n");
        assertThat(kubo.heads.take()).startsWith("POST /api/v0/dag/put?a=%2F&pin=false ");

        nodeAnswer = "HTTP/1.1 500 no\r\nContent-Length: 3\r\n\r\nbad";
        assertThat(post("block/put?pin=true", MULTIPART))
                .startsWith("HTTP/1.1 500 ")
                .contains("bad");

        nodeAnswer = chunked("{\"Key\":\"" + ONE + "\",\"Size\":5}\n{\"Key\":");
        assertThat(post("block/put?pin=true", MULTIPART))
                .contains("\r\nX-Stream-Error: the IPFS node's answer cannot be read");
    }

    @Test
    void listensOnSeveralAddresses() throws IOException {
        try (RunningProxy two = new RunningProxy(
                "/ip4/127.0.0.1/tcp/" + kubo.port(),
                Map.of("listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0"}))) {
            assertThat(two.port(0)).isNotEqualTo(two.port(1));
        }
    }

    private String post(String command, String body) throws IOException {
        return proxy.raw("POST /api/v0/" + command + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body);
    }

    private static String chunked(String body) {
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                + body + "\r\n0\r\n\r\n";
    }

    private static String filled(String text) {
        return text.replace("{1}", ONE.toString()).replace("{2}", TWO.toString());
    }

    /** Each method of a contract is the method of {@link Memory} with that name. */
    private <T> T fake(Class<T> contract) {
        return contract.cast(Proxy.newProxyInstance(
                contract.getClassLoader(), new Class<?>[] {contract}, (self, method, arguments) -> {
                    Method own = Memory.class.getMethod(method.getName(), method.getParameterTypes());
                    try {
                        return own.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** A cluster that has one pin and notes what is done. */
    public static final class Memory {
        final List<String> log = new ArrayList<>();

        public CompletionStage<Pin> pinPath(String path, PinOptions options) {
            log.add("pin " + path + " " + options.mode().text() + " " + options.pinUpdate());
            return CompletableFuture.completedFuture(Pin.of(Cid.parse(path.split("/")[2]), options));
        }

        public CompletionStage<Pin> pin(Pin pin) {
            log.add("put " + pin.cid());
            return CompletableFuture.completedFuture(pin);
        }

        public CompletionStage<Pin> unpinPath(String path) {
            return unpin(Cid.parse(path.split("/")[2]));
        }

        public CompletionStage<Pin> unpin(Cid cid) {
            if (!cid.equals(TWO)) {
                return CompletableFuture.failedFuture(
                        new ClusterException(ErrorCode.NOT_FOUND, "pin is not part of the pinset"));
            }
            log.add("unpin " + cid);
            return CompletableFuture.completedFuture(pinned());
        }

        public Optional<Pin> get(Cid cid) {
            return Optional.of(pinned()).filter(pin -> pin.cid().equals(cid));
        }

        public Cursor<Pin> list(Cid after) {
            return Cursor.of(List.of(pinned()));
        }

        public CompletableFuture<Cid> resolve(String path) {
            return CompletableFuture.completedFuture(Cid.parse(path.split("/")[2]));
        }

        public CompletableFuture<RepoStat> stat() {
            return CompletableFuture.completedFuture(new RepoStat(1000, 5000));
        }

        /** The second one cannot be asked. */
        public List<PeerId> peers() {
            return List.of(RunningProxy.SELF, PeerId.parse("12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"));
        }

        public CompletionStage<List<RepoGc>> collectGarbage() {
            return CompletableFuture.completedFuture(List.of(new RepoGc(
                    RunningProxy.SELF,
                    "one",
                    List.of(new RepoGc.Removed(ONE, ""), new RepoGc.Removed(null, "no link by that name")),
                    "")));
        }

        public Cid add(AddSource source, AddParams params, AddOutput output) throws IOException {
            AddSource.Entry entry = source.next();
            String content = new String(entry.content().readAllBytes(), StandardCharsets.UTF_8);
            if (params.chunker().equals("foo")) {
                throw new ClusterException(ErrorCode.BAD_REQUEST, "unrecognized chunker option: foo");
            }
            log.add("add " + entry.path() + " " + content + " " + params.layout() + " noPin=" + params.noPin() + " "
                    + params.pin().name());
            output.added(new AddOutput.Added(entry.path(), null, 5, 0, List.of()));
            output.added(new AddOutput.Added(entry.path(), ONE, 0, 13, List.of()));
            return ONE;
        }

        private static Pin pinned() {
            return Pin.of(TWO, PinOptions.builder().mode(PinMode.DIRECT).build());
        }
    }
}
