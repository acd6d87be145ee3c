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
package org.pinion.spi.ipfsconnector;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** The IPFS node's view of the network. Any thread. */
@ConsumerType
public interface IpfsSwarm {
    /** Nodes it is connected to. */
    CompletableFuture<List<PeerId>> swarmPeers();

    /** Connects it to other nodes; addresses carry {@code /p2p}; done when each was tried, failures are only logged. */
    CompletableFuture<Void> connect(List<Multiaddr> addresses);

    /** How long after the peer got ready the other peers' nodes are connected; zero = not then. */
    default Duration connectDelay() {
        return Duration.ofSeconds(30);
    }

    /** The CID at the end of an {@code /ipfs}, {@code /ipns} or {@code /ipld} path. */
    CompletableFuture<Cid> resolve(String path);
}
