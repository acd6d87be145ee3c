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
package org.pinion.itests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Broken and hostile adds: a clear answer, nothing pinned, and the peer goes on. */
class AddBadInputTest {
    private static final byte[] SOME = "some content".getBytes(StandardCharsets.UTF_8);

    @TempDir
    static Path folder;

    private static TestPeer peer;

    @BeforeAll
    static void startOnePeer() {
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(TestCluster.SECRET, json -> {})
                .start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    @AfterEach
    void nothingIsPinnedAndThePeerAnswers() throws Exception {
        assertThat(peer.get("/allocations").status()).isEqualTo(204);
        assertThat(peer.get("/id").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "layout=square 400 layout",
                "format=tar 400 tar",
                "cid-version=one 400 one",
                "raw-leaves=maybe 400 maybe",
                "stream-channels=maybe 400 maybe",
                "wrap-with-directory=2 400 wrap-with-directory",
                "progress=x 400 progress",
                "no-pin=x 400 no-pin",
                "nocopy=x 400 nocopy",
                "local=x 400 local",
                "hidden=x 400 hidden",
                "recursive=x 400 recursive",
                "shard=x 400 shard",
                "shard-size=-1 400 shard-size",
                "shard-size=big 400 shard-size",
                "inline=x 400 inline",
                "inline=true&inline-limit=129 400 inline-limit",
                "inline-limit=-1 400 inline-limit",
                "replication-min=few 400 few",
                "origins=nowhere 400 nowhere",
                "expire-at=yesterday 400 yesterday",
                "cid-version=2 500 version",
                "chunker=size-0 500 greater",
                "chunker=size-99999999 500 2096896",
                "chunker=rabin-1-2 500 rabin",
                "chunker=rabin-8-16-32 500 16",
                "chunker=knife 500 knife",
                "hash=md99 500 hash",
                "hash=sha3-512 500 prefix",
                "nocopy=true 500 nocopy",
                "shard=true 500 shard-size",
                "shard=true&shard-size=10 500 shard-size",
                "replication-min=5&replication-max=5 500 peers",
                "replication-min=3&replication-max=2 500 replication_factor",
                "format=car&wrap-with-directory=true 500 wrap",
                "format=car 500 CAR",
            })
    void badParameterIsNamedInBothForms(String query, int status, String named) throws Exception {
        AddRequest.Body body = AddRequest.file("f", SOME);
        AddRequest.Answer whole = AddRequest.send(peer.apiPort(), query + "&stream-channels=false", body);
        assertThat(whole.status()).as(whole.body()).isEqualTo(status);
        assertThat(whole.error()).containsIgnoringCase(named);
        assertThat(whole.body()).contains("\"code\":" + status).hasLineCount(1).doesNotContain("\tat ");
        if (!query.startsWith("stream-channels")) {
            AddRequest.Answer streamed = AddRequest.send(peer.apiPort(), query, body);
            assertThat(streamed.status()).isEqualTo(status == 500 ? 200 : 400);
            assertThat(streamed.error()).containsIgnoringCase(named);
        }
    }

    private record Case(String what, int status, String named, AddRequest.Body body) {}

    @TestFactory
    Stream<DynamicTest> hostileMultipartIsRefusedByName() {
        String half = "--" + AddRequest.BOUNDARY + "\r\nContent-Disposition: form-data; filename=\"f\"\r\n";
        List<Case> cases = List.of(
                new Case("nothing at all", 400, "boundary", out -> {}),
                new Case("another boundary", 400, "boundary", out -> write(out, "--other\r\n\r\nx\r\n--other--\r\n")),
                new Case("no end of headers", 400, "headers", out -> write(out, half)),
                new Case("end inside a boundary", 200, "ends", out -> write(out, half + "\r\nx\r\n--the-bound")),
                new Case("content without end", 200, "ends in the content", out -> {
                    AddRequest.part(out, "f", "text/plain");
                    out.write(new byte[600_000]);
                }),
                new Case("second part without end", 200, "ends", out -> {
                    AddRequest.file(out, "f", SOME);
                    AddRequest.part(out, "g", "text/plain");
                }),
                new Case(
                        "text behind a boundary",
                        400,
                        "boundary",
                        out -> write(out, "--" + AddRequest.BOUNDARY + "garbage\r\n\r\n")),
                new Case("a header without a colon", 400, "header", out -> write(out, half + "nonsense\r\n\r\n")),
                new Case(
                        "a header of a megabyte",
                        400,
                        "longer than",
                        out -> write(out, half + "X: " + "x".repeat(1 << 20) + "\r\n\r\n")),
                new Case(
                        "a thousand headers",
                        400,
                        "more than 64 headers",
                        out -> write(out, half + "X: y\r\n".repeat(1000) + "\r\n")),
                new Case(
                        "a name of 20,000 characters",
                        400,
                        "longer than",
                        out -> AddRequest.file(out, "n".repeat(20_000), SOME)),
                new Case("a name that is not well encoded", 400, "%zz", out -> AddRequest.file(out, "a%zz", SOME)),
                new Case(
                        "10,000 folders in each other",
                        400,
                        "longer than",
                        out -> AddRequest.file(out, "d/".repeat(10_000) + "f", SOME)),
                new Case("2,000 folders in each other", 200, "names, the limit is", out -> {
                    AddRequest.file(out, "d/".repeat(2_000) + "f", SOME);
                    AddRequest.end(out);
                }),
                new Case("10,000 folders, one a part", 200, "names, the limit is", out -> {
                    StringBuilder path = new StringBuilder("d");
                    for (int i = 0; i < 5_000; i++) {
                        AddRequest.part(out, path.toString(), "application/x-directory");
                        write(out, "\r\n");
                        path.append("/d");
                    }
                    AddRequest.end(out);
                }),
                new Case("a file that is a folder too", 200, "is a file", out -> {
                    AddRequest.file(out, "d/x", SOME);
                    AddRequest.file(out, "d/x/y", SOME);
                    AddRequest.end(out);
                }),
                new Case("a link of a megabyte", 200, "link", out -> {
                    AddRequest.part(out, "d", "application/x-directory");
                    write(out, "\r\n");
                    AddRequest.part(out, "d/l", "application/symlink");
                    write(out, "x".repeat(1 << 20) + "\r\n");
                    AddRequest.end(out);
                }),
                new Case("a preamble without end", 400, "boundary", out -> out.write(new byte[1 << 20])),
                new Case("no file", 200, "no file", AddRequest::end));
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.what, () -> {
                    AddRequest.Answer answer = AddRequest.send(peer.apiPort(), "", each.body);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(each.status);
                    assertThat(answer.error()).contains(each.named).hasSizeLessThan(2_000);
                    nothingIsPinnedAndThePeerAnswers();
                }));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesThatPointOutsideStayInside() throws Exception {
        AddRequest.Answer answer = AddRequest.send(peer.apiPort(), "wrap-with-directory=true&no-pin=true", out -> {
            AddRequest.file(out, "../../../../tmp/escape", SOME);
            AddRequest.file(out, "/etc/absolute", SOME);
            AddRequest.file(out, "a/..%2F..%2Fdown", SOME);
            AddRequest.file(out, "./b//c/./d", SOME);
            AddRequest.file(out, "..", SOME);
            AddRequest.file(out, "ctrl%00%01%0a", SOME);
            AddRequest.end(out);
        });
        assertThat(answer.error()).isEmpty();
        assertThat(answer.lines().stream().map(line -> line.path("name").asText()))
                .containsExactly(
                        "tmp/escape",
                        "etc/absolute",
                        "down",
                        "b/c/d",
                        "",
                        "ctrl\0\u0001\n",
                        "b/c",
                        "b",
                        "etc",
                        "tmp",
                        "");
    }

    @Test
    void hundredThousandPartsAreAFolder() throws Exception {
        AddRequest.Answer answer = AddRequest.send(peer.apiPort(), "no-pin=true", out -> {
            for (int i = 0; i < 100_000; i++) {
                AddRequest.file(out, "many/" + i, new byte[] {(byte) i});
            }
            AddRequest.end(out);
        });
        assertThat(answer.error()).isEmpty();
        List<JsonNode> lines = answer.lines();
        assertThat(lines).hasSize(100_001);
        assertThat(lines.get(100_000).path("name").asText()).isEqualTo("many");
    }

    @TestFactory
    Stream<DynamicTest> brokenCarsAreRefusedByName() throws Exception {
        byte[] leaf = section(raw(SOME), SOME);
        byte[] root = node(raw(SOME));
        byte[] rootCid = cid(0x71, root);
        byte[] good = join(header(rootCid), section(rootCid, root), leaf);
        byte[] wrong = good.clone();
        wrong[wrong.length - 1] ^= 1;
        List<Case> cases = List.of(
                car("empty", "CAR", new byte[0]),
                car("garbage", "CAR", new byte[200]),
                car("an endless varint", "CAR", bytes("ffffffffffffffffffffff01")),
                car("a header of gigabytes", "CAR", bytes("ffffffff7f00")),
                car("version 2", "version", join(bytes("0aa16776657273696f6e02"), new byte[40])),
                car("no root", "single root", join(header(), leaf)),
                car("two roots", "single root", join(header(rootCid, raw(SOME)), leaf)),
                car("a wrong hash", "does not match", wrong),
                car("an end inside a block", "ends inside", Arrays.copyOf(good, good.length - 3)),
                car("an end inside a length", "CAR", join(header(rootCid), bytes("ff"))),
                car("a block of gigabytes", "CAR", join(header(rootCid), bytes("ffffffff0f00"))),
                car("a section of no bytes", "CAR", join(header(rootCid), bytes("00"))),
                car("a section that is no CID", "CAR", join(header(rootCid), bytes("03ffffff"))),
                car("a codec nobody knows", "codec", join(header(rootCid), section(cid(0x99, SOME), SOME))),
                car(
                        "a node that is not of its codec",
                        "cannot be read",
                        join(header(rootCid), section(cid(0x71, SOME), SOME))),
                car("a missing leaf", "lacks 1 block", join(header(rootCid), section(rootCid, root))),
                car("a missing root", "(the root)", join(header(rootCid), leaf)));
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.what, () -> {
                    AddRequest.Answer streamed = AddRequest.send(peer.apiPort(), "format=car", each.body);
                    assertThat(streamed.status()).isEqualTo(200);
                    assertThat(streamed.error()).contains(each.named);
                    AddRequest.Answer whole =
                            AddRequest.send(peer.apiPort(), "format=car&stream-channels=false", each.body);
                    assertThat(whole.status()).isEqualTo(500);
                    assertThat(whole.error()).isEqualTo(streamed.error());
                    nothingIsPinnedAndThePeerAnswers();
                }));
    }

    @Test
    void partsOfACarMayComeOneAfterAnother() throws Exception {
        byte[] other = "something else".getBytes(StandardCharsets.UTF_8);
        byte[] root = node(raw(other));
        byte[] rootCid = cid(0x71, root);
        byte[] top = join(header(rootCid), section(rootCid, root));
        assertThat(AddRequest.send(peer.apiPort(), "format=car", AddRequest.file("x.car", top))
                        .error())
                .contains("lacks 1 block");
        byte[] part = join(header(rootCid), section(raw(other), other));
        assertThat(AddRequest.send(peer.apiPort(), "format=car&no-pin=true", AddRequest.file("x.car", part))
                        .error())
                .isEmpty();
        AddRequest.Answer answer = AddRequest.send(peer.apiPort(), "format=car", AddRequest.file("x.car", top));
        assertThat(answer.error()).isEmpty();
        assertThat(peer.delete("/pins/" + answer.lines().get(0).path("cid").asText())
                        .status())
                .isEqualTo(200);
    }

    private static Case car(String what, String named, byte[] content) {
        return new Case(what, 200, named, AddRequest.file("x.car", content));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] join(byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] each : all) {
            out.writeBytes(each);
        }
        return out.toByteArray();
    }

    private static byte[] raw(byte[] data) throws Exception {
        return cid(0x55, data);
    }

    /** A CIDv1 with sha2-256. */
    private static byte[] cid(int codec, byte[] data) throws Exception {
        byte[] prefix = codec < 0x80 ? new byte[] {1, (byte) codec} : new byte[] {1, (byte) codec, 1};
        return join(
                prefix,
                new byte[] {0x12, 0x20},
                MessageDigest.getInstance("SHA-256").digest(data));
    }

    /** {@code {"0": link}} as dag-cbor. */
    private static byte[] node(byte[] link) {
        return join(bytes("a16130d82a5825"), new byte[] {0}, link);
    }

    private static byte[] header(byte[]... roots) {
        byte[] links = new byte[0];
        for (byte[] root : roots) {
            links = join(links, bytes("d82a5825"), new byte[] {0}, root);
        }
        byte[] map = join(
                bytes("a265726f6f7473"), new byte[] {(byte) (0x80 + roots.length)}, links, bytes("6776657273696f6e01"));
        return join(new byte[] {(byte) map.length}, map);
    }

    private static byte[] section(byte[] cid, byte[] data) {
        return join(new byte[] {(byte) (cid.length + data.length)}, cid, data);
    }

    @Test
    void clientThatVanishesLeavesNothingButGarbage() throws Exception {
        byte[] content = new byte[30_000_000];
        new Random(1).nextBytes(content);
        try (Socket socket = AddRequest.open(peer.apiPort(), "")) {
            OutputStream out = AddRequest.chunks(socket.getOutputStream());
            AddRequest.part(out, "f", "text/plain");
            out.write(content);
            out.flush();
        }
        Await.until(
                "what came of a broken add is collected",
                Duration.ofSeconds(30),
                () -> {
                    String answer = peer.post("/ipfs/gc").body();
                    return answer.contains("\"key\"") ? "" : answer;
                },
                peer::log);
    }

    @Test
    void slowClientsTakeTheSlotsOfAddsButNotThePeer() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 70; i++) {
                slow.add(slowAdd());
            }
            // one that was refused for an add of an earlier test leaves its slot free
            await(503, () -> slow.add(slowAdd()));
            assertThat(peer.get("/id").status()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        await(200, () -> {});
    }

    /** An add that never goes on. */
    private static Socket slowAdd() throws IOException {
        Socket socket = AddRequest.open(peer.apiPort(), "");
        OutputStream out = AddRequest.chunks(socket.getOutputStream());
        AddRequest.part(out, "slow", "text/plain");
        out.write(1);
        out.flush();
        return socket;
    }

    /** What is done between two tries. */
    private interface Meanwhile {
        void run() throws IOException;
    }

    private static void await(int status, Meanwhile meanwhile) {
        Await.until(
                "an add is answered with " + status,
                Duration.ofSeconds(30),
                () -> {
                    AddRequest.Answer answer =
                            AddRequest.send(peer.apiPort(), "no-pin=true", AddRequest.file("f", SOME));
                    if (answer.status() == status) {
                        return "";
                    }
                    meanwhile.run();
                    return answer.toString();
                },
                peer::log);
    }
}
