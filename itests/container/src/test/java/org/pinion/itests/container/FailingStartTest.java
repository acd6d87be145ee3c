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
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Before the peer was ready once, a component of service.json that does not start ends the process with exit code 1. */
class FailingStartTest {
    @TempDir
    Path folder;

    private TestPeer peerWith(BadBundle bundle, String section) {
        TestPeer peer = new TestPeer("bad", folder.resolve("peer"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.get("allocator")).removeAll().putObject(section));
        bundle.configured().dropInto(peer.folder());
        return peer;
    }

    @Test
    void aComponentThatThrowsEndsTheProcessWithItsReason() {
        BadBundle bundle = new BadBundle(folder, "thrower")
                .activating("if (true) throw new IllegalStateException(\"the moon is full\");");
        try (TestPeer peer = peerWith(bundle, "thrower")) {
            peer.startWithoutWaiting();
            assertThat(peer.awaitEnd()).isEqualTo(1);
            assertThat(peer.log()).contains("error creating allocator.thrower component: the moon is full");
        }
    }

    @Test
    void aComponentThatBlocksEndsTheProcessWhenItsTimeIsOver() {
        BadBundle bundle = new BadBundle(folder, "sleeper")
                .activating("Object never = new Object(); synchronized (never) { never.wait(); }");
        try (TestPeer peer = peerWith(bundle, "sleeper")) {
            peer.with("PINION_JAVA_OPTS", "-Dpinion.activation.timeout=5").startWithoutWaiting();
            assertThat(peer.awaitEnd()).isEqualTo(1);
            assertThat(peer.log()).contains("its activation has not returned for", "sleeper.Odd.<init>");
        }
    }

    @Test
    void aBundleWithoutAPackageThatItNeedsEndsTheProcessWhenItsTimeIsOver() {
        BadBundle bundle = new BadBundle(folder, "hermit").importing("org.nowhere");
        try (TestPeer peer = peerWith(bundle, "hermit")) {
            peer.with("PINION_JAVA_OPTS", "-Dpinion.activation.timeout=5").startWithoutWaiting();
            assertThat(peer.awaitEnd()).isEqualTo(1);
            assertThat(peer.log()).contains("it needs package org.nowhere, which no bundle exports");
        }
    }
}
