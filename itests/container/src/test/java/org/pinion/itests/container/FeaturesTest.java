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

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Features go and come in the running peer, from what the distribution brought. */
class FeaturesTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String FEATURE = "pinion-api-ipfsproxy";
    private static final String BUNDLE = "org.pinion.api.ipfsproxy";

    @TempDir
    Path folder;

    @Test
    void aFeatureIsUninstalledAndInstalledAgainWhileNothingElseNoticesIt() throws Exception {
        int proxy = TestPeer.freePort();
        try (TestPeer peer = new TestPeer("featured", folder).init(TestCluster.SECRET, json -> proxyAt(json, proxy))) {
            peer.start();
            awaitProxy(peer, proxy, true);
            awaitInstalled(peer, features -> features.contains(FEATURE));
            Map<String, String> before = ComponentRows.of(peer).startsExceptOf(BUNDLE);
            List<String> bundles = bundles(peer);

            shell(peer, "feature:uninstall " + FEATURE);
            awaitProxy(peer, proxy, false);
            awaitInstalled(peer, features -> !features.contains(FEATURE));
            assertThat(ComponentRows.of(peer)
                            .row("api", "ipfsproxy")
                            .path("reason")
                            .asText())
                    .isEqualTo("no bundle provides it");
            assertThat(ComponentRows.of(peer).startsExceptOf(BUNDLE)).containsAllEntriesOf(before);
            assertThat(bundles(peer)).isEqualTo(bundles);
            peer.ctl("pin", "add", "bafkqaaa").expectSuccess();

            shell(peer, "feature:install " + FEATURE);
            awaitProxy(peer, proxy, true);
            awaitInstalled(peer, features -> features.contains(FEATURE));
            assertThat(ComponentRows.of(peer).startsExceptOf(BUNDLE)).isEqualTo(before);
            assertThat(bundles(peer)).isEqualTo(bundles);
        }
    }

    private static void proxyAt(ObjectNode json, int port) {
        ((ObjectNode) json.get("api"))
                .putObject("ipfsproxy")
                .put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + port)
                .put("node_multiaddress", "/ip4/127.0.0.1/tcp/" + TestPeer.freePort());
    }

    private static void awaitProxy(TestPeer peer, int port, boolean wanted) {
        Await.until(
                "the proxy " + (wanted ? "answers" : "is closed"),
                LIMIT,
                () -> answers(port) == wanted ? "" : "it is not so",
                peer::log);
    }

    private static boolean answers(int port) throws InterruptedException {
        try {
            return Rest.send("POST", port, "/api/v0/pin/ls").status() == 200;
        } catch (IOException closed) {
            return false;
        }
    }

    private static void awaitInstalled(TestPeer peer, Predicate<String> wanted) {
        Await.until(
                "the list of features",
                LIMIT,
                () -> {
                    String features = shell(peer, "feature:list -i");
                    return wanted.test(features) ? "" : features;
                },
                peer::log);
    }

    /** All bundles but the one, with their numbers: what is installed again gets a new one. */
    private static List<String> bundles(TestPeer peer) {
        return shell(peer, "bundle:list -t 0 -s")
                .lines()
                .filter(line -> !line.contains(BUNDLE))
                .toList();
    }

    private static String shell(TestPeer peer, String line) {
        return peer.service("shell", "-c", line).expectSuccess();
    }
}
