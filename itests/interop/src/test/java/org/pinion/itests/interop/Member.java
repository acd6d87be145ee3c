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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.Rest;

/** A cluster peer of either kind. */
interface Member extends AutoCloseable {
    /** What reads and writes the peers' files. */
    ObjectMapper JSON = new ObjectMapper();

    String name();

    /** The peer's folder, with service.json, identity.json and peerstore. */
    Path folder();

    int apiPort();

    int clusterPort();

    /** Starts the daemon without waiting for it. */
    void start();

    /** Asks the daemon to stop and waits until it has. */
    void stop();

    /** Ends the daemon at once. */
    void kill();

    /** The daemon's process id; an AssertionError while it does not run. */
    long pid();

    String log();

    @Override
    void close();

    /** Writes addresses of others to the peerstore file. */
    default void knows(List<String> addresses) {
        try {
            java.nio.file.Files.write(folder().resolve("peerstore"), addresses);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Edits service.json. */
    default void configure(Consumer<ObjectNode> change) {
        Path file = folder().resolve("service.json");
        try {
            ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
            change.accept(json);
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The peer's id. */
    default String id() {
        try {
            return JSON.readTree(folder().resolve("identity.json").toFile())
                    .get("id")
                    .asText();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where other peers dial it. */
    default String clusterAddress() {
        return "/ip4/127.0.0.1/tcp/" + clusterPort() + "/p2p/" + id();
    }

    default Rest.Answer get(String path) throws IOException, InterruptedException {
        return Rest.send("GET", apiPort(), path);
    }

    default Rest.Answer post(String path) throws IOException, InterruptedException {
        return Rest.send("POST", apiPort(), path);
    }

    default Rest.Answer delete(String path) throws IOException, InterruptedException {
        return Rest.send("DELETE", apiPort(), path);
    }

    /** The JSON object that a GET answers. */
    default JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(get(path).body());
    }

    /** The JSON objects of a streamed answer to a GET, one a line. */
    default List<JsonNode> jsonLines(String path) throws IOException, InterruptedException {
        Rest.Answer answer = get(path);
        return answer.body().isBlank()
                ? List.of()
                : JSON.readerFor(JsonNode.class)
                        .<JsonNode>readValues(answer.body())
                        .readAll();
    }

    /** Runs a ctl program, theirs or ours, against this peer. */
    default Program.Result ctl(Path program, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--host", "/ip4/127.0.0.1/tcp/" + apiPort()));
        command.addAll(List.of(arguments));
        return Program.run(Map.of(), folder(), InputStream.nullInputStream(), command);
    }

    /** Runs the reference's ctl against this peer. */
    default Program.Result theirCtl(String... arguments) {
        return ctl(Binaries.referenceCtl(), arguments);
    }

    /** Runs our ctl against this peer. */
    default Program.Result ourCtl(String... arguments) {
        return ctl(Path.of(Program.named("ipfs-cluster-ctl")), arguments);
    }
}
