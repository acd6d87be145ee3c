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
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.doNotModifyLogConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.features;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.TestContainer;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The feature {@code pinion-minimal} in a Karaf as Apache publishes it, with everything that comes in it. */
class StockKarafTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofSeconds(150);
    private static final String CONTENT = "bafkqaaa";

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static TestContainer karaf;

    @BeforeAll
    static void start() throws IOException {
        peer = new TestPeer("guest", folder.resolve("peer")).init(TestCluster.SECRET, json -> {});
        TestContainer container = PaxExamRuntime.createContainer(PaxExamRuntime.createTestSystem(options()));
        container.start();
        karaf = container;
    }

    @AfterAll
    static void stop() {
        if (karaf != null) {
            karaf.stop();
        }
    }

    @Test
    void aPeerRunsInAKarafThatIsNotOurs() {
        Await.until(
                "the peer is ready",
                LIMIT,
                () -> peer.get("/health").status() == 204
                        ? ""
                        : peer.get("/health").body(),
                StockKarafTest::log);

        assertThat(peer.ctlJson("id").path("id").asText()).isEqualTo(peer.id());

        peer.ctl("pin", "add", CONTENT).expectSuccess();
        Await.until(
                "the content is pinned",
                LIMIT,
                () -> {
                    String status = peer.ctlJson("status", CONTENT).toString();
                    return status.contains("\"status\":\"pinned\"") ? "" : status;
                },
                StockKarafTest::log);
    }

    private static Option[] options() {
        String version = Maven.version();
        return new Option[] {
            karafDistributionConfiguration()
                    .frameworkUrl(Maven.karaf().toUri().toString())
                    .karafVersion(Maven.karafVersion())
                    .unpackDirectory(folder.resolve("karaf").toFile())
                    .useDeployFolder(false),
            CoreOptions.systemTimeout(START.toMillis()),
            doNotModifyLogConfiguration(),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            port("etc/org.apache.karaf.shell.cfg", "sshPort"),
            port("etc/org.apache.karaf.management.cfg", "rmiRegistryPort"),
            port("etc/org.apache.karaf.management.cfg", "rmiServerPort"),
            // What docs/operating.md tells users to do, with this build's distribution as the Maven repository.
            editConfigurationFilePut(
                    "etc/custom.system.properties", "pinion.dir", peer.folder().toString()),
            editConfigurationFilePut(
                    "etc/org.ops4j.pax.url.mvn.cfg",
                    "org.ops4j.pax.url.mvn.defaultRepositories",
                    repositories(
                            "system.repository", "${karaf.home.uri}${karaf.default.repository}",
                            "pinion",
                                    Program.distribution()
                                            .resolve("system")
                                            .toUri()
                                            .toString(),
                            "local", Maven.repository().toUri().toString())),
            editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.repositories", ""),
            features("mvn:org.pinion/pinion-features/" + version + "/xml/features", "pinion-minimal"),
        };
    }

    private static Option port(String file, String key) {
        return editConfigurationFilePut(file, key, Integer.toString(TestPeer.freePort()));
    }

    private static String repositories(String... namesAndUrls) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < namesAndUrls.length; i += 2) {
            all.append(i == 0 ? "" : ", ")
                    .append(namesAndUrls[i + 1])
                    .append("@id=")
                    .append(namesAndUrls[i])
                    .append("@snapshots");
        }
        return all.toString();
    }

    private static String log() {
        try (Stream<Path> files = Files.walk(folder.resolve("karaf"))) {
            List<Path> logs =
                    files.filter(file -> file.endsWith("data/log/karaf.log")).toList();
            return logs.stream().map(StockKarafTest::read).collect(Collectors.joining("\n"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
