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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * Components as somebody else writes them: the samples, and what the archetype makes, built outside of this build with their
 * own poms, tests included, then dropped into a running peer whose service.json has sections for them.
 */
class SamplesTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final List<String> SAMPLES = List.of("load-informer", "rendezvous-allocator", "count-api");
    private static final String GENERATED = "cores-informer";
    private static final String CONTENT = "bafkqaaa";

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int countPort;

    @BeforeAll
    static void buildAndStart() throws Exception {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        copy(Path.of("samples").toAbsolutePath(), sources);
        Maven.generate(sources.resolve(GENERATED), "cores");
        Files.writeString(sources.resolve("pom.xml"), together());
        Maven.run(sources, "package");

        countPort = TestPeer.freePort();
        peer = new TestPeer("host", folder.resolve("peer")).init(TestCluster.SECRET, SamplesTest::sections);
        // Without an allocator no peer gets ready: this one has to be there at the start.
        drop("rendezvous-allocator");
        peer.start();
    }

    private static void sections(ObjectNode json) {
        ObjectNode informers = (ObjectNode) json.get("informer");
        informers.putObject("load").put("metric_ttl", "3s");
        informers.putObject("cores").put("metric_ttl", "3s");
        // One allocator is wanted: the file names theirs instead of ours.
        json.putObject("allocator").putObject("rendezvous").putArray("metrics").add("load");
        ((ObjectNode) json.get("api"))
                .putObject("count")
                .put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + countPort);
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    /** One story: each step needs the one before. */
    @Test
    void componentsOfOthersRunInAPeerAsItsOwnDo() throws Exception {
        assertThat(rowOf("informer", "load").path("state").asText()).isEqualTo("waiting");

        drop("load-informer");
        drop(GENERATED);
        drop("count-api");

        awaitMetric("load");
        awaitMetric("cores");
        awaitRow("informer", "load", "active");
        awaitRow("informer", "cores", "active");
        awaitRow("allocator", "rendezvous", "active");
        awaitRow("allocator", "balanced", "off");
        awaitRow("api", "count", "active");
        assertThat(peer.ctl("health", "metrics", "load").expectSuccess()).contains("load");

        awaitCount("0");
        peer.ctl("pin", "add", "--replication", "1", CONTENT).expectSuccess();
        awaitCount("1");
        assertThat(peer.ctlJson("pin", "ls", CONTENT).path("allocations").toString())
                .contains(peer.id());

        changesOfASectionAreTakenWhileItRuns();

        Files.delete(peer.folder().resolve("deploy/count-api.jar"));
        Await.until("the API is closed again", LIMIT, () -> answers() ? "it still answers" : "", peer::log);
        assertThat(peer.get("/id").status()).isEqualTo(200);
    }

    private void changesOfASectionAreTakenWhileItRuns() {
        peer.changeConfiguration(json -> ((ObjectNode) json.at("/informer/load")).put("metric_name", "busy"));
        Program.signal("USR1", peer.pid());
        awaitMetric("busy");
    }

    private static void awaitMetric(String name) {
        Await.until(
                "the peer's metric " + name,
                LIMIT,
                () -> {
                    String metrics = peer.get("/monitor/metrics/" + name).body();
                    return metrics.contains(peer.id()) ? "" : metrics;
                },
                peer::log);
    }

    private static void awaitCount(String count) {
        Await.until(
                "the API counts " + count,
                LIMIT,
                () -> {
                    Rest.Answer answer = Rest.send("GET", countPort, "/count");
                    return answer.body().equals(count + "\n") ? "" : answer.toString();
                },
                peer::log);
    }

    private static boolean answers() throws InterruptedException {
        try {
            return Rest.send("GET", countPort, "/count").status() > 0;
        } catch (IOException closed) {
            return false;
        }
    }

    private static void awaitRow(String type, String implementation, String state) {
        Await.until(
                type + " " + implementation + " is " + state,
                LIMIT,
                () -> {
                    JsonNode row = rowOf(type, implementation);
                    return row.path("state").asText().equals(state) ? "" : row.toString();
                },
                peer::log);
    }

    private static JsonNode rowOf(String type, String implementation) throws Exception {
        return ComponentRows.of(peer).row(type, implementation);
    }

    /** Under another name first, so that the peer never sees half a file. */
    private static void drop(String artifact) throws IOException {
        Path jar = folder.resolve("sources/" + artifact + "/target/" + artifact + "-1.0.0.jar");
        Path deploy = Files.createDirectories(peer.folder().resolve("deploy"));
        Path hidden = Files.copy(jar, deploy.resolve("." + artifact + ".jar"));
        Files.move(hidden, deploy.resolve(artifact + ".jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** One run of Maven for all of them. */
    private static String together() {
        List<String> modules = new ArrayList<>(SAMPLES);
        modules.add(GENERATED);
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.example</groupId>
                  <artifactId>all</artifactId>
                  <version>1.0.0</version>
                  <packaging>pom</packaging>
                  <modules>%s</modules>
                </project>
                """.formatted(
                modules.stream().map(name -> "<module>" + name + "</module>").collect(Collectors.joining()));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                if (visited.endsWith("target")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(visited)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                try {
                    Files.copy(file, to.resolve(from.relativize(file)));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
