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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Bundles that fail, dropped into a peer that is ready: it goes on, and says in one line what is wrong. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailingBundlesTest {
    private static final String CID = "bafkqaaa";

    @TempDir
    static Path folder;

    private static SwapPeer peer;

    @BeforeAll
    static void start() {
        peer = new SwapPeer(folder);
    }

    @AfterAll
    static void stop() {
        peer.close();
    }

    @Test
    @Order(1)
    void anAllocatorThatThrowsIsListedAndTheOldOneStays() throws Exception {
        Path jar = new BadBundle(folder, "thrower")
                .ranking(100)
                .activating("if (true) throw new IllegalStateException(\"the moon is full\");")
                .dropInto(peer.peer().folder());
        peer.pin(CID);
        JsonNode row = peer.awaitState("allocator", "thrower", "failed");
        assertThat(row.path("reason").asText()).isEqualTo("activation failed: the moon is full");
        assertThat(row.path("bundle").asText()).isEqualTo("thrower 1.0.0");
        assertThat(peer.component("allocator", "balanced").path("state").asText())
                .isEqualTo("active");
        assertThat(peer.shell("cluster:components")).contains("thrower", "the moon is full");
        assertStillWorks();
        takeAway(jar, "thrower");
    }

    @Test
    @Order(2)
    void aBundleWithoutAPackageThatItNeedsIsListed() throws Exception {
        Path jar = new BadBundle(folder, "hermit")
                .importing("org.nowhere")
                .dropInto(peer.peer().folder());
        JsonNode row = peer.awaitState("allocator", "hermit", "failed");
        assertThat(row.path("reason").asText())
                .isEqualTo("its bundle does not resolve: it needs package org.nowhere, which no bundle exports");
        assertThat(peer.shell("cluster:components")).contains("hermit", "org.nowhere");
        assertStillWorks();
        takeAway(jar, "hermit");
    }

    @Test
    @Order(3)
    void ofTwoAllocatorsTheHigherRankingWinsUntilItGoes() throws Exception {
        Path jar =
                new BadBundle(folder, "boss").ranking(100).dropInto(peer.peer().folder());
        JsonNode shadowed = peer.awaitState("allocator", "balanced", "shadowed");
        JsonNode boss = peer.awaitState("allocator", "boss", "active");
        assertThat(shadowed.path("reason").asText())
                .startsWith("boss of bundle " + boss.path("bundle_id").asText() + " is preferred");
        assertThat(peer.shell("cluster:components")).contains("boss of bundle");
        takeAway(jar, "boss");
        peer.awaitState("allocator", "balanced", "active");
        assertStillWorks();
    }

    @Test
    @Order(4)
    void threadsThatABundleLeavesBehindAreListedUntilTheyEnd() throws Exception {
        Path jar = new BadBundle(folder, "leaker")
                .ranking(100)
                .activating(
                        "Thread leak = new Thread(() -> { try { Thread.sleep(600000); } catch (InterruptedException e) {"
                                + " } }, \"left-behind\"); leak.setDaemon(true); leak.start();")
                .dropInto(peer.peer().folder());
        peer.awaitState("allocator", "leaker", "active");
        Files.delete(jar);
        JsonNode row = peer.awaitState("bundle", "leaker", "failed");
        assertThat(row.path("reason").asText()).startsWith("it was stopped, but left threads running: left-behind");
        assertStillWorks();
    }

    /** The last one: what blocks keeps the watch of the deploy folder from going on. */
    @Test
    @Order(9)
    void anAllocatorThatBlocksIsListedAndTheOldOneStays() throws Exception {
        new BadBundle(folder, "sleeper")
                .ranking(100)
                .activating("Object never = new Object(); synchronized (never) { never.wait(); }")
                .dropInto(peer.peer().folder());
        JsonNode row = peer.awaitState("allocator", "sleeper", "failed");
        assertThat(row.path("reason").asText())
                .startsWith("its activation has not returned for ")
                .contains("sleeper.Odd.<init>(Odd.java:");
        assertThat(peer.shell("cluster:components")).contains("sleeper.Odd.<init>");
        assertStillWorks();
        new Swapping(peer, "pintracker", "stateless", "PinTracker is not available").stopAndStart();
        assertStillWorks();
    }

    private static void assertStillWorks() throws Exception {
        peer.awaitReady();
        assertThat(peer.peer()
                        .post("/pins/" + CID + "?replication-min=1&replication-max=1")
                        .status())
                .isEqualTo(200);
        assertThat(peer.peer().get("/pins/" + CID).status()).isEqualTo(200);
    }

    private static void takeAway(Path jar, String name) throws IOException {
        Files.delete(jar);
        peer.awaitGone("allocator", name);
    }
}
