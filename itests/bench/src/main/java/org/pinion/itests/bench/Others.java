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
package org.pinion.itests.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * The programs of others that a part compares with; without them it is skipped with one line.
 *
 * @param reference the reference's {@code ipfs-cluster-service}
 * @param kubo Kubo's {@code ipfs}
 */
record Others(Path reference, Path kubo) {
    /** Both programs. */
    static Optional<Others> find(String part) {
        Optional<Path> reference = ForeignProcess.find("GO_CLUSTER_BIN", "ipfs-cluster-service");
        Optional<Path> kubo = ForeignProcess.find("KUBO_BIN", "ipfs");
        if (reference.isEmpty() || kubo.isEmpty()) {
            System.out.println("skipped: " + part + "; GO_CLUSTER_BIN and KUBO_BIN would name the reference and Kubo");
            return Optional.empty();
        }
        return Optional.of(new Others(reference.get(), kubo.get()));
    }

    /** Work with two daemons that run beside one Kubo daemon. */
    interface Comparison {
        void run(KuboNode kubo, ReferencePeer theirs, TestPeer ours) throws Exception;
    }

    /** Starts a peer of the reference and one of ours beside the same Kubo daemon, in {@code folder}. */
    void besideKubo(Path folder, Comparison comparison) throws Exception {
        try (KuboNode daemon = new KuboNode(kubo, folder.resolve("kubo")).awaitReady();
                TestPeer ours = new TestPeer("ours", folder.resolve("ours"))
                        .init(TestCluster.SECRET, json -> useKubo(json, daemon));
                ReferencePeer theirs = new ReferencePeer(reference, folder.resolve("theirs"), daemon)) {
            theirs.startWithoutWaiting().awaitAnswer();
            ours.start();
            comparison.run(daemon, theirs, ours);
        }
    }

    /** Kubo alone. */
    static Optional<Path> findKubo(String part) {
        Optional<Path> kubo = ForeignProcess.find("KUBO_BIN", "ipfs");
        if (kubo.isEmpty()) {
            System.out.println("skipped: " + part + "; KUBO_BIN would name Kubo");
        }
        return kubo;
    }

    /** Changes the configuration of a peer of ours: its IPFS node is {@code kubo}. */
    static void useKubo(ObjectNode json, KuboNode kubo) {
        ObjectNode connectors = (ObjectNode) json.get("ipfs_connector");
        connectors.removeAll();
        connectors.putObject("ipfshttp").put("node_multiaddress", kubo.apiAddress());
    }
}
