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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinion.itests.testkit.Program;

/** Stops, updates, replaces and puts back one bundle while pins keep arriving, and checks what has to hold. */
final class Swapping {
    private final SwapPeer peer;
    private final String type;
    private final String implementation;
    private final String bundle;
    private final String missing;
    private boolean apiGoes;

    /**
     * What is swapped.
     *
     * @param type component type
     * @param implementation its name within the type
     * @param missing what a peer that is not ready says of it; empty = it gets on without one
     */
    Swapping(SwapPeer peer, String type, String implementation, String missing) {
        this.peer = peer;
        this.type = type;
        this.implementation = implementation;
        this.missing = missing;
        bundle = "org.pinion." + type + "." + implementation;
    }

    /** The bundle is the API that the pins go to. */
    Swapping ofTheApi() {
        apiGoes = true;
        return this;
    }

    void run() {
        Path newer = peer.newer(bundle, "newer");
        Path copy = peer.newer(bundle, "copy");
        during(() -> {
            stopAndStart();
            peer.shell("bundle:update " + bundle + " " + newer.toUri());
            assertRunning(".newer");
            peer.shell("bundle:uninstall " + bundle);
            peer.shell("bundle:install -s " + copy.toUri());
            assertRunning(".copy");
            peer.shell("bundle:update " + bundle + " " + Program.bundle(bundle).toUri());
            assertRunning("0");
        });
    }

    /** Stops the bundle, looks at what the peer says, and starts it again. */
    void stopAndStart() {
        peer.shell("bundle:stop " + bundle);
        if (!apiGoes) {
            JsonNode health = peer.health();
            assertThat(health.path("ready").asBoolean()).isEqualTo(missing.isEmpty());
            assertThat(health.path("missing").toString()).contains(missing);
        }
        peer.shell("bundle:start " + bundle);
        assertRunning("0");
    }

    private void assertRunning(String version) {
        if (apiGoes) {
            peer.awaitReady();
        }
        JsonNode row = peer.awaitState(type, implementation, "active");
        assertThat(row.path("bundle").asText()).startsWith(bundle + " ").endsWith(version);
        assertThat(row.path("reason").asText()).isEmpty();
    }

    /** Runs steps while pins arrive; nothing may be lost, and nobody else may be started again. */
    void during(Runnable steps) {
        Map<String, JsonNode> before = peer.components();
        Set<String> acknowledged;
        PinStorm storm = new PinStorm(peer.peer().apiPort(), apiGoes);
        try (storm) {
            steps.run();
            peer.awaitReady();
            acknowledged = storm.finish();
        }
        System.out.println(type + ": " + storm.summary());
        assertThat(storm.faults()).as(storm.summary()).isEmpty();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(PinStorm.PINS);
        peer.assertNothingLost(acknowledged);
        Map<String, JsonNode> after = peer.components();
        List<String> others = before.keySet().stream()
                .filter(key -> !before.get(key).path("type").asText().equals(type))
                .toList();
        assertThat(others).hasSizeGreaterThan(10);
        for (String key : others) {
            assertThat(after.get(key)).as("has no part in the swap of %s", type).isEqualTo(before.get(key));
        }
    }
}
