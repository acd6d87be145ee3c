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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Children;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The shell's program on a real terminal, which {@code script} of util-linux makes: ctrl-C while a command prints. */
@Timeout(180)
class ShellTerminalTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int EVENTS = 4_000;
    private static final int LISTED = 20_000;
    private static final String PROMPT = "pinion> ";
    private static final String CTRL_C = "\u0003";

    @TempDir
    static Path folder;

    private static TestPeer peer;

    @BeforeAll
    static void start() {
        boolean there = hasScript();
        if (!there) {
            System.err.println("ShellTerminalTest is left out: it needs the command script of util-linux");
        }
        assumeTrue(there, "the command script of util-linux is there");
        peer = new TestPeer("terminal", folder.resolve("p"))
                .init(TestCluster.SECRET, json -> {})
                .start();
        ShellTest.awaitShell(peer);
    }

    private static boolean hasScript() {
        try {
            Process version = new ProcessBuilder("script", "--version")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.contains("util-linux");
        } catch (IOException missing) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    @Test
    void ctrlCEndsEventsThatAreBeingPrinted() throws Exception {
        try (Screen screen = new Screen()) {
            screen.waitFor(PROMPT);
            screen.type("cluster:events --types pin\r");
            CompletableFuture<HttpResponse<String>> pinning = pin(0, EVENTS);
            screen.waitFor(" | pin | ");
            screen.type(CTRL_C);
            assertThat(screen.waitFor(PROMPT).split(" \\| pin \\| ", -1)).hasSizeLessThan(EVENTS);
            assertThat(pinning.get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode())
                    .isEqualTo(200);
            worksAndIsLeft(screen);
        }
    }

    @Test
    void ctrlCEndsALongListThatIsBeingPrinted() throws Exception {
        assertThat(pin(EVENTS, LISTED).get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(200);
        try (Screen screen = new Screen()) {
            screen.waitFor(PROMPT);
            screen.type("cluster:pin-ls\r");
            screen.waitFor("-- more");
            screen.type("a");
            screen.waitFor(" | PIN | ");
            screen.type(CTRL_C);
            // what is not read holds the command up, so that it cannot have come to its end before the key was seen
            assertThat(screen.waitFor(PROMPT).split(" \\| PIN \\| ", -1)).hasSizeLessThan(LISTED);
            worksAndIsLeft(screen);
        }
    }

    @Test
    void ctrlCLeavesAListThatWaitsForItsReader() throws Exception {
        assertThat(pin(0, 200).get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(200);
        try (Screen screen = new Screen()) {
            screen.waitFor(PROMPT);
            screen.type("cluster:pin-ls\r");
            screen.waitFor("-- more");
            screen.type(CTRL_C);
            screen.waitFor(PROMPT);
            worksAndIsLeft(screen);
        }
    }

    /** The same session runs the next command, and ends well. */
    private static void worksAndIsLeft(Screen screen) throws Exception {
        screen.type("cluster:id\r");
        screen.waitFor(peer.id());
        screen.waitFor(PROMPT);
        screen.type("exit\r");
        assertThat(screen.exitCode()).isZero();
    }

    /** Pins content of four bytes that is in its CIDs, with one request. */
    private static CompletableFuture<HttpResponse<String>> pin(int first, int count) {
        String lines = IntStream.range(first, first + count)
                .mapToObj(number -> String.format("\"f01550004%08x\"%n", number))
                .collect(Collectors.joining());
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + peer.apiPort() + "/bulk/pin"))
                .POST(HttpRequest.BodyPublishers.ofString(lines))
                .timeout(LIMIT)
                .build();
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A terminal with the shell's program in it: what is typed and what is shown. */
    private static final class Screen implements AutoCloseable {
        private final Process script;
        private final StringBuilder shown = new StringBuilder();

        Screen() throws IOException {
            String command = "exec '" + Program.named("ipfs-cluster-service") + "' shell";
            ProcessBuilder builder = new ProcessBuilder(List.of("script", "-q", "-e", "-f", "-c", command, "/dev/null"))
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("IPFS_CLUSTER_PATH", peer.folder().toString());
            builder.environment().put("TERM", "xterm");
            builder.environment().put("SHELL", "/bin/sh");
            script = Children.register(builder.start());
        }

        void type(String keys) throws IOException {
            script.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            script.getOutputStream().flush();
        }

        /** Reads up to a text, and gives what stands before it. Reads no more than that needs. */
        String waitFor(String text) {
            InputStream in = script.getInputStream();
            Await.until(
                    "the terminal shows \"" + text + "\"",
                    LIMIT,
                    () -> {
                        while (shown.indexOf(text) < 0 && in.available() > 0) {
                            byte[] some = in.readNBytes(Math.min(4096, in.available()));
                            shown.append(new String(some, StandardCharsets.ISO_8859_1));
                        }
                        return shown.indexOf(text) >= 0 ? "" : "not yet";
                    },
                    () -> shown.substring(Math.max(0, shown.length() - 4000)) + "\n" + peer.log());
            int at = shown.indexOf(text);
            String before = shown.substring(0, at);
            shown.delete(0, at + text.length());
            return before;
        }

        int exitCode() throws InterruptedException, IOException {
            Await.until(
                    "the program ends",
                    LIMIT,
                    () -> {
                        script.getInputStream()
                                .skipNBytes(script.getInputStream().available());
                        return script.isAlive() ? "it runs" : "";
                    },
                    peer::log);
            return script.exitValue();
        }

        @Override
        public void close() {
            script.destroyForcibly();
        }
    }
}
