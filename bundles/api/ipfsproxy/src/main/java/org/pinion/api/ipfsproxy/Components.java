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
package org.pinion.api.ipfsproxy;

import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.rpc.RpcClient;

/**
 * What the commands call, looked up for every request because it may be swapped at any time. Each method fails with
 * {@code UNAVAILABLE} and the component's name while there is none.
 */
interface Components {
    /** This peer. */
    PeerId self();

    Pinset pinset();

    Health health();

    Adder adder();

    Consensus consensus();

    IpfsRepo repo();

    IpfsSwarm swarm();

    RpcClient rpc();
}
