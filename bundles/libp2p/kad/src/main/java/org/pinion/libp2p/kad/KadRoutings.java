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
package org.pinion.libp2p.kad;

import java.time.Clock;
import java.util.SplittableRandom;
import org.osgi.service.component.annotations.Component;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.Routings;

/**
 * Peer routing by the Kademlia DHT of IPFS, on private networks and on the public one. Each open routing has one thread,
 * on which its stages complete.
 */
@Component(service = Routings.class)
public final class KadRoutings implements Routings {
    @Override
    public Routing open(Host host, RoutingSettings settings) {
        Kademlia.Means means =
                new Kademlia.Means(System::nanoTime, Clock.systemUTC(), new SplittableRandom(), Links::onLink);
        Kademlia routing = new Kademlia(host, settings, means);
        routing.start();
        return routing;
    }
}
