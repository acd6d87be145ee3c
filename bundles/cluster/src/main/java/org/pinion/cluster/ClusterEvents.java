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
package org.pinion.cluster;

import java.util.Collection;
import java.util.List;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.cluster.Versions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines of the log that operators and programs rely on; texts of the reference. */
final class ClusterEvents {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");

    private ClusterEvents() {}

    static void listening(List<Multiaddr> addresses) {
        StringBuilder lines = new StringBuilder();
        addresses.forEach(address -> lines.append("\n        ").append(address));
        LOG.info("IPFS Cluster v{} listening on:{}\n", Versions.FULL, lines);
    }

    static void openNetwork() {
        LOG.warn("Cluster secret is empty, cluster will start on unprotected network.");
    }

    static void members(PeerId self, Collection<PeerId> members) {
        LOG.info("Cluster Peers (without including ourselves):");
        List<PeerId> others =
                members.stream().filter(member -> !member.equals(self)).toList();
        if (others.isEmpty()) {
            LOG.info("    - No other peers");
        }
        others.forEach(other -> LOG.info("    - {}", other));
    }

    static void waitingForIpfs() {
        LOG.info("Waiting for IPFS to be ready...");
    }

    static void ipfsReady(PeerId node) {
        LOG.info("IPFS is ready. Peer ID: {}", node);
    }

    static void ready() {
        LOG.info("** IPFS Cluster is READY **");
    }

    static void consensusFailed(String reason) {
        LOG.error("consensus does not get ready: {}", reason);
    }

    static void bootstrapping(Multiaddr address) {
        LOG.info("Bootstrapping to {}", address);
    }

    static void bootstrapFailed(Multiaddr address, String reason) {
        LOG.error("bootstrap to {} failed: {}", address, reason);
    }

    static void removed() {
        LOG.info("peer no longer in peerset. Initiating shutdown");
    }

    static void leaving() {
        LOG.info("attempting to leave the cluster. This may take some seconds");
    }

    static void leavingFailed(String reason) {
        LOG.error("leaving cluster: {}", reason);
    }
}
