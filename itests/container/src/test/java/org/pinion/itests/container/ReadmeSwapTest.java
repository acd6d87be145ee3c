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

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Program;

/** The commands of README's section about swapping do what it says, while pins arrive. */
class ReadmeSwapTest {
    private static final String SECTION = "## Swap a component while it runs";

    @TempDir
    Path folder;

    @Test
    void theThreeCommandsSwapTheTrackerAndBack() throws Exception {
        List<String> commands = commands();
        assertThat(commands).hasSize(3);
        try (SwapPeer peer = new SwapPeer(folder)) {
            new Swapping(peer, "pintracker", "stateless", "PinTracker is not available").during(() -> {
                assertThat(run(peer, commands.get(0))).contains("pintracker", "stateless");
                run(peer, commands.get(1));
                peer.awaitState("pintracker", "map", "active");
                peer.awaitState("pintracker", "stateless", "off");
                run(peer, commands.get(2));
                peer.awaitState("pintracker", "stateless", "active");
                peer.awaitState("pintracker", "map", "off");
            });
        }
    }

    private static List<String> commands() throws Exception {
        String readme = Files.readString(Path.of("../../README.md"));
        int begin = readme.indexOf(SECTION);
        assertThat(begin).isPositive();
        String section = readme.substring(begin, readme.indexOf("\n## ", begin + SECTION.length()));
        return section.lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList();
    }

    private static String run(SwapPeer peer, String command) {
        Map<String, String> environment = Map.of(
                "IPFS_CLUSTER_PATH",
                peer.peer().folder().toString(),
                "PATH",
                Program.distribution().resolve("bin") + ":" + System.getenv("PATH"));
        List<String> bash = List.of("bash", "-c", command);
        return Program.run(environment, Path.of("").toAbsolutePath(), InputStream.nullInputStream(), bash)
                .expectSuccess();
    }
}
