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
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** A running peer whose bundles are swapped through its shell. */
final class SwapPeer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final TestPeer peer;

    /** Starts a peer of the distribution, alone, with its files below {@code folder}. */
    SwapPeer(Path folder) {
        this(folder, Map.of());
    }

    /** The same with environment variables. */
    SwapPeer(Path folder, Map<String, String> environment) {
        this.folder = folder;
        peer = new TestPeer("swap", folder.resolve("peer")).init(TestCluster.SECRET, json -> {});
        environment.forEach(peer::with);
        peer.start();
        Await.until(
                "the shell is open",
                LIMIT,
                () -> Files.exists(peer.folder().resolve("pinion/shell.sock")) ? "" : "no socket",
                peer::log);
    }

    TestPeer peer() {
        return peer;
    }

    /** What a line of the shell prints; fails if the shell does. */
    String shell(String line) {
        String out = peer.service("shell", "-c", line).expectSuccess();
        assertThat(out).as(line).doesNotContain("Error");
        return out;
    }

    /** The components that the API lists, by {@code type/implementation/bundle}. */
    Map<String, JsonNode> components() {
        Map<String, JsonNode> rows = new TreeMap<>();
        for (JsonNode row : health().path("components")) {
            rows.put(key(row), row);
        }
        return rows;
    }

    private static String key(JsonNode row) {
        return row.path("type").asText() + "/" + row.path("implementation").asText() + "/"
                + row.path("bundle_id").asText();
    }

    /** The first row of a type and implementation. */
    JsonNode component(String type, String implementation) {
        return components(type, implementation).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type + " " + implementation + " in " + components()));
    }

    private List<JsonNode> components(String type, String implementation) {
        return components().values().stream()
                .filter(row -> row.path("type").asText().equals(type)
                        && row.path("implementation").asText().equals(implementation))
                .toList();
    }

    /** The answer of GET /health/components. */
    JsonNode health() {
        try {
            return JSON.readTree(peer.get("/health/components").body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits until GET /health/components says what is wanted of a component. */
    JsonNode awaitState(String type, String implementation, String state) {
        Await.until(
                type + " " + implementation + " is " + state,
                LIMIT,
                () -> {
                    List<JsonNode> rows = components(type, implementation);
                    return rows.stream()
                                    .anyMatch(row -> row.path("state").asText().equals(state))
                            ? ""
                            : rows.toString();
                },
                peer::log);
        return component(type, implementation);
    }

    /** Waits until a component is not listed any more. */
    void awaitGone(String type, String implementation) {
        Await.until(
                type + " " + implementation + " is gone",
                LIMIT,
                () -> components().keySet().stream()
                        .filter(key -> key.startsWith(type + "/" + implementation + "/"))
                        .findFirst()
                        .orElse(""),
                peer::log);
    }

    /** Pins until it succeeds. */
    void pin(String cid) {
        Await.until(
                cid + " is acknowledged",
                LIMIT,
                () -> peer.post("/pins/" + cid + "?replication-min=1&replication-max=1")
                                        .status()
                                == 200
                        ? ""
                        : "refused",
                peer::log);
    }

    /** Waits until the peer is ready. */
    void awaitReady() {
        Await.until(
                "the peer is ready again",
                LIMIT,
                () -> peer.get("/health").status() == 204
                        ? ""
                        : health().path("missing").toString(),
                peer::log);
    }

    /** The same bundle with another version. */
    Path newer(String bundle, String qualifier) {
        Path copy = folder.resolve(bundle + "-" + qualifier + ".jar");
        try (JarFile in = new JarFile(Program.bundle(bundle).toFile())) {
            Manifest manifest = new Manifest(in.getManifest());
            String version = manifest.getMainAttributes().getValue("Bundle-Version");
            manifest.getMainAttributes().putValue("Bundle-Version", version + "." + qualifier);
            try (OutputStream file = Files.newOutputStream(copy);
                    JarOutputStream out = new JarOutputStream(file, manifest)) {
                for (var entry : in.stream()
                        .filter(one -> !one.getName().equals(JarFile.MANIFEST_NAME))
                        .toList()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream content = in.getInputStream(entry)) {
                        content.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    /** Acknowledged pins are in the pin set and were pinned, each of them. */
    void assertNothingLost(Set<String> acknowledged) {
        Set<String> lost = new TreeSet<>(acknowledged);
        lost.removeAll(lines("/allocations", line -> "there").keySet());
        assertThat(lost).as("acknowledged and not in the pin set").isEmpty();
        Await.until(
                "every acknowledged pin is pinned",
                LIMIT,
                () -> {
                    Map<String, String> statuses = lines(
                            "/pins?local=true",
                            line -> line.path("peer_map")
                                    .iterator()
                                    .next()
                                    .path("status")
                                    .asText());
                    Map<String, Integer> other = new TreeMap<>();
                    acknowledged.forEach(cid -> {
                        String status = statuses.getOrDefault(cid, "untracked");
                        if (!status.equals("pinned")) {
                            other.merge(status, 1, Integer::sum);
                        }
                    });
                    return other.isEmpty() ? "" : other.toString();
                },
                peer::log);
    }

    private interface Value {
        String of(JsonNode line);
    }

    /** CID in the form in which it was pinned to a value of each line that a list gives. */
    private Map<String, String> lines(String path, Value value) {
        Map<String, String> lines = new HashMap<>();
        try {
            for (String line : peer.get(path).body().split("\n")) {
                if (!line.isBlank()) {
                    JsonNode json = JSON.readTree(line);
                    lines.put(json.path("cid").asText(), value.of(json));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return lines;
    }

    @Override
    public void close() {
        peer.close();
    }
}
