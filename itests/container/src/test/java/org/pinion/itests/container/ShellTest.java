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
package org.pinion.itests.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The shell of a running peer: commands with their exit statuses, completion, interrupts, and who is let in. */
@Timeout(120)
class ShellTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Content that is in its CID, so that every node has it. */
    private static final String CID = "bafkqaaa";

    private static final int MAX_SHELLS = 8;
    private static final String PROMPT = "pinion> ";

    @TempDir
    static Path folder;

    private static TestPeer peer;

    @BeforeAll
    static void start() {
        peer = new TestPeer("shell", folder.resolve("p"))
                .init(TestCluster.SECRET, json -> {})
                .start();
        awaitShell(peer);
        shell("cluster:pin-add --wait --wait-timeout 20s --name held " + CID).expectSuccess();
    }

    /** Waits until the shell of a peer, which starts last, answers. */
    static void awaitShell(TestPeer peer) {
        Await.until(
                "the shell answers",
                LIMIT,
                () -> {
                    Program.Result result = peer.service("shell", "-c", "cluster:version");
                    return result.exitCode() == 0 ? "" : result.err();
                },
                peer::log);
    }

    @AfterAll
    static void stop() {
        peer.close();
    }

    private static Program.Result shell(String line) {
        return peer.service("shell", "-c", line);
    }

    @Test
    void aLineOfTheProgramEndsWithTheStatusOfTheCommand() {
        assertThat(shell("cluster:status --filter error").expectSuccess()).isEmpty();
        assertThat(shell("cluster:status | grep PINNED").expectSuccess())
                .contains("PINNED")
                .doesNotContain("\u001b");
        assertThat(peer.service("shell", "cluster:pin", "ls", "--name", "held").expectSuccess())
                .startsWith(CID);
        assertThat(shell("cluster:pin-ls bafkqabtxn5zgyzak").exitCode()).isEqualTo(1);
        Program.Result unknown = shell("cluster:nonsense");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).contains("cluster:nonsense");
        assertThat(complete("cluster:stat")).containsExactly("cluster:status");
    }

    @Test
    void everyCommandRunsAndSaysHowItEnded() throws IOException {
        Path file = Files.writeString(folder.resolve("hello.txt"), "hello");
        List<String> good = List.of(
                "cluster:id",
                "cluster:version",
                "cluster:peers-ls",
                "cluster:peers ls --enc table",
                "cluster:pin-add --no-status --name site bafkqabtimvwgy3yk",
                "cluster:pin ls",
                "cluster:allocations",
                "cluster:pin-ls --enc json " + CID,
                "cluster:pin-ls --name held",
                "cluster:pin-update --no-status " + CID + " bafkqabtxn5zgyzak",
                "cluster:pin-rm --no-status bafkqabtxn5zgyzak",
                "cluster:status",
                "cluster:status --local --enc table",
                "cluster:status --filter error",
                "cluster:status " + CID,
                "cluster:recover",
                "cluster:sync",
                "cluster:sync " + CID,
                "cluster:health-graph",
                "cluster:graph",
                "cluster:health metrics",
                "cluster:metrics freespace",
                "cluster:health-alerts",
                "cluster:health-bandwidth",
                "cluster:health-components",
                "cluster:ipfs-gc --local",
                "cluster:components",
                "cluster:components pintracker",
                "cluster:config-show",
                "cluster:config-show informer.disk",
                "cluster:add -Q " + file);
        try (Wire wire = Wire.greeted()) {
            check(wire, 0, good);
            check(
                    wire,
                    1,
                    List.of(
                            "cluster:pin-ls bafkqabtxn5zgyzak",
                            "cluster:pin-rm bafkqabtxn5zgyzak",
                            "cluster:config-show nonsense",
                            "cluster:swap pintracker nonsense",
                            "cluster:components nonsense",
                            "cluster:add /nonexistent"));
            check(
                    wire,
                    2,
                    List.of(
                            "cluster:nonsense",
                            "nonsense",
                            "cluster:status xyz",
                            "cluster:status --nonsense",
                            "cluster:status --filter nonsense",
                            "cluster:peers-rm",
                            "cluster:pin nonsense",
                            "cluster:events --types nonsense"));
        }
    }

    private static void check(Wire wire, int status, List<String> lines) throws IOException {
        for (String line : lines) {
            wire.send('R', line);
            StringBuilder all = new StringBuilder();
            String errors = "";
            String next = wire.read();
            while (!next.startsWith("s") && !next.isEmpty()) {
                all.append(next, 1, next.length());
                errors += next.startsWith("e") ? next.substring(1) : "";
                next = wire.read();
            }
            assertThat(next).as("%s\n%s", line, all).isEqualTo("s" + status);
            assertThat(errors).as(line).startsWith(status == 0 ? "" : "error ");
            assertThat(errors.isEmpty()).as(line).isEqualTo(status == 0);
        }
    }

    @Test
    void statusesLookAsInCtl() {
        for (String[] pair : List.of(
                new String[] {"cluster:status " + CID, "status"},
                new String[] {"cluster:pin-ls " + CID, "pin ls"},
                new String[] {"cluster:pin-ls --enc json " + CID, "--enc=json pin ls"})) {
            List<String> words = new ArrayList<>();
            words.addAll(List.of(pair[1].split(" ")));
            words.add(CID);
            assertThat(shell(pair[0]).expectSuccess())
                    .isEqualTo(peer.ctl(words.toArray(String[]::new)).expectSuccess());
        }
    }

    @Test
    void linesOfStandardInputRunUpToTheFirstThatFails() {
        Program.Result result = Program.run(
                Map.of("IPFS_CLUSTER_PATH", peer.folder().toString()),
                folder,
                new ByteArrayInputStream(
                        "# a remark\ncluster:version\nnonsense\ncluster:id\n".getBytes(StandardCharsets.UTF_8)),
                List.of(Program.named("ipfs-cluster-service"), "shell"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).contains("pinion").doesNotContain(peer.id());
        assertThat(result.err()).contains("nonsense");
    }

    @Test
    void wordsAreCompletedFromWhatThePeerHolds() throws IOException {
        try (Wire wire = Wire.greeted()) {
            assertThat(wire.complete("cluster:stat")).containsExactly("cluster:status");
            assertThat(wire.complete("cluster:status baf")).contains(CID);
            assertThat(wire.complete("cluster:pin ")).contains("add", "ls", "rm", "update");
            assertThat(wire.complete("cluster:pin ls --name he")).containsExactly("held");
            assertThat(wire.complete("cluster:status --filter error,pin")).contains("error,pinned", "error,pin_error");
            assertThat(wire.complete("cluster:peers-rm 12D3")).containsExactly(peer.id());
            assertThat(wire.complete("cluster:peers-rm she")).containsExactly("shell");
            assertThat(wire.complete("cluster:components pintr")).containsExactly("pintracker");
            assertThat(wire.complete("cluster:swap pintracker st")).containsExactly("stateless");
            assertThat(wire.complete("cluster:config-set informer.disk.metric_t"))
                    .contains("informer.disk.metric_ttl", "informer.disk.metric_type");
            assertThat(wire.complete("cluster:metrics free")).containsExactly("freespace");
        }
    }

    private static List<String> complete(String line) {
        return peer.service("shell", "--complete", line).expectSuccess().lines().toList();
    }

    @Test
    void keyAndSocketAreForTheirOwnerOnly() throws IOException {
        for (String name : List.of("shell.key", "shell.sock")) {
            Path file = peer.folder().resolve("pinion").resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aWrongKeyIsRefused() throws IOException {
        try (Wire wire = new Wire()) {
            wire.send('H', "0".repeat(64));
            assertThat(wire.read()).startsWith("x").contains("key");
            assertThat(wire.read()).isEmpty();
        }
        try (Wire wire = new Wire()) {
            wire.send('R', "cluster:version");
            assertThat(wire.read()).startsWith("x");
        }
        try (Wire wire = new Wire()) {
            wire.write(ByteBuffer.wrap(new byte[] {'H', 0x7f, 0, 0, 0}));
            assertThat(wire.read()).isEmpty();
        }
        shell("cluster:version").expectSuccess();
    }

    @Test
    void anInterruptEndsWhatRunsAndTheShellGoesOn() throws IOException {
        try (Wire wire = Wire.greeted()) {
            for (int i = 0; i < 10; i++) {
                for (String line : List.of("cluster:events", "cluster:events | grep x", "shell:sleep 600")) {
                    wire.send('R', line);
                    wire.send('C', "");
                    assertThat(wire.readToStatus()).as(line).isEqualTo("s130");
                    // between two lines there is nothing to end
                    wire.send('C', "");
                    wire.send('R', "cluster:version");
                    assertThat(wire.readToStatus()).as("after " + line).isEqualTo("s0");
                }
            }
        }
    }

    @Test
    void aCommandThatRunsForLongIsInterruptedToo() throws IOException {
        try (Wire wire = Wire.greeted()) {
            wire.send('R', "cluster:events --types status");
            makeEvents(wire);
            assertThat(wire.read()).startsWith("o");
            wire.send('C', "");
            assertThat(wire.readToStatus()).isEqualTo("s130");
            wire.send('R', "cluster:version");
            assertThat(wire.readToStatus()).isEqualTo("s0");
        }
    }

    /** Pins and unpins until something of that is shown. */
    private static void makeEvents(Wire wire) throws IOException {
        try (Wire other = Wire.greeted()) {
            Await.until(
                    "the events of a pin are shown",
                    LIMIT,
                    () -> {
                        other.send('R', "cluster:pin-rm --no-status bafkqabtimvwgy3yk");
                        other.readToStatus();
                        other.send('R', "cluster:pin-add --no-status bafkqabtimvwgy3yk");
                        other.readToStatus();
                        return wire.hasBytes() ? "" : "nothing yet";
                    },
                    peer::log);
        }
    }

    @Test
    void aShellThatIsGoneLeavesNothingRunning() throws IOException {
        for (int i = 0; i < 40; i++) {
            try (Wire wire = Wire.greeted()) {
                wire.send('R', i % 2 == 0 ? "cluster:events" : "cluster:events | grep x");
            }
        }
        openAndRefuse();
    }

    @Test
    void theNinthShellIsRefusedUntilOneIsLeft() throws IOException {
        for (int i = 0; i < 3; i++) {
            openAndRefuse();
        }
    }

    /** Opens as many shells as can be open, each of which works, and sees the next refused. */
    private static void openAndRefuse() throws IOException {
        List<Wire> open = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_SHELLS; i++) {
                open.add(Wire.greeted());
            }
            try (Wire ninth = new Wire()) {
                assertThat(ninth.read()).isEqualTo("x8 shells are open already; leave one");
                assertThat(ninth.read()).isEmpty();
            }
            for (Wire wire : open) {
                wire.send('R', "cluster:version");
            }
            for (Wire wire : open) {
                assertThat(wire.readToStatus()).isEqualTo("s0");
                wire.send('R', "cluster:events");
            }
            Program.Result refused = shell("cluster:version");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("8 shells are open already");
        } finally {
            for (Wire wire : open) {
                wire.close();
            }
        }
        try (Wire free = Wire.greeted()) {
            free.send('R', "cluster:version");
            assertThat(free.readToStatus()).isEqualTo("s0");
        }
    }

    @Test
    void aTerminalRunsCompletesAndDropsWhatIsTyped() throws IOException {
        try (Wire wire = Wire.greeted()) {
            wire.send('O', "200 50 xterm");
            wire.readTo(PROMPT);
            wire.send('I', "cluster:status --loc\t");
            wire.readTo("al ");
            wire.send('I', "\u0003");
            wire.readTo(PROMPT);
            wire.send('I', "cluster:id\r");
            wire.readTo(peer.id());
            wire.readTo(PROMPT);
            wire.send('I', "\u0004");
            assertThat(wire.readToStatus()).isEqualTo("s0");
        }
        Path history = peer.folder().resolve("pinion/shell.history");
        assertThat(Files.readString(history)).contains("cluster:id");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    @Test
    void aTerminalThatIsGoneLeavesNothingRunning() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Wire wire = Wire.greeted()) {
                wire.send('O', "80 24 xterm");
                if (i % 2 == 0) {
                    wire.readTo(PROMPT);
                    wire.send('I', "cluster:events\r");
                }
            }
        }
        openAndRefuse();
    }

    @Test
    void aFolderWhosePathIsTooLongForASocketIsToldSo() {
        Path deep = folder.resolve("d".repeat(100));
        Program.Result result = Program.ours(
                Map.of("IPFS_CLUSTER_PATH", deep.toString()),
                Path.of("").toAbsolutePath(),
                "ipfs-cluster-service",
                "shell",
                "cluster:version");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(deep.toString()).contains("bytes").contains("shorter path");
    }

    @Test
    void twoShellsWorkAtOnce() throws IOException {
        try (Wire one = Wire.greeted();
                Wire other = Wire.greeted()) {
            one.send('R', "cluster:events");
            other.send('R', "cluster:version");
            assertThat(other.readToStatus()).isEqualTo("s0");
        }
    }

    @Test
    void aShellOfTheDaemonWithoutATerminalIsRefused() {
        Program.Result result = peer.service("daemon", "--shell");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("not a terminal");
    }

    /** The bytes of the connection, written and read by hand. */
    private static final class Wire implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

        Wire() throws IOException {
            channel.connect(UnixDomainSocketAddress.of(peer.folder().resolve("pinion/shell.sock")));
        }

        /** A connection that was let in; one that was closed a moment ago may still count as open. */
        static Wire greeted() {
            AtomicReference<Wire> greeted = new AtomicReference<>();
            Await.until(
                    "a shell is free",
                    LIMIT,
                    () -> {
                        Wire wire = new Wire();
                        wire.sendKey();
                        String answer = wire.read();
                        if (answer.equals("h")) {
                            greeted.set(wire);
                            return "";
                        }
                        wire.close();
                        return answer;
                    },
                    peer::log);
            return greeted.get();
        }

        private void sendKey() throws IOException {
            try {
                send('H', key());
            } catch (IOException refused) {
                // the reason can be read nevertheless
                return;
            }
        }

        static String key() throws IOException {
            return Files.readString(peer.folder().resolve("pinion/shell.key")).strip();
        }

        List<String> complete(String line) throws IOException {
            send('T', line);
            String answer = read();
            assertThat(answer).startsWith("t");
            return answer.substring(1).lines().toList();
        }

        void send(char kind, String text) throws IOException {
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(5 + payload.length);
            write(frame.put((byte) kind).putInt(payload.length).put(payload).flip());
        }

        void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** The next frame as its kind and its text; empty at the end. */
        String read() throws IOException {
            byte[] head = exactly(5);
            if (head.length < 5) {
                return "";
            }
            int length = ByteBuffer.wrap(head, 1, 4).getInt();
            return (char) head[0] + new String(exactly(length), StandardCharsets.UTF_8);
        }

        private byte[] exactly(int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            try {
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            } catch (IOException reset) {
                return new byte[0];
            }
            return bytes.hasRemaining() ? new byte[0] : bytes.array();
        }

        /** Reads to the status and gives it. */
        String readToStatus() throws IOException {
            String next = read();
            while (!next.startsWith("s") && !next.isEmpty()) {
                next = read();
            }
            return next;
        }

        /** Reads what a terminal shows up to a text. */
        void readTo(String text) throws IOException {
            StringBuilder shown = new StringBuilder();
            while (shown.indexOf(text) < 0) {
                String next = read();
                assertThat(next).as("waiting for %s after %s", text, shown).startsWith("o");
                shown.append(next, 1, next.length());
            }
        }

        /** Whether something can be read without waiting. */
        boolean hasBytes() throws IOException {
            try (Selector selector = Selector.open()) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                return selector.selectNow() > 0;
            } finally {
                channel.configureBlocking(true);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
