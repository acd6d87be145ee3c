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
package org.pinion.libp2p.mdns;

import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.LocalDiscoveries;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.Registration;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;

/**
 * Finds peers by multicast DNS.
 *
 * @spec wire-libp2p "mDNS", RFC 6762, RFC 6763
 */
@Component(service = LocalDiscoveries.class)
public final class MdnsDiscoveries implements LocalDiscoveries {
    private static final int MAX_QUEUED = 1024;

    private final Executors executors;

    /** Starts nothing yet. */
    @Activate
    public MdnsDiscoveries(@Reference Executors executors) {
        this.executors = executors;
    }

    @Override
    public Registration open(Host host, String service, Consumer<PeerAddresses> found) {
        Workers readers = executors.workers("libp2p.mdns.read", Interfaces.MAX_NETWORKS, 1);
        Discovery discovery = new Discovery(
                new Discovery.Means(
                        executors.lane("libp2p.mdns", MAX_QUEUED),
                        Interfaces::multicast,
                        (address, name, heard) ->
                                MulticastLink.open(Instance.of(service, name, address), heard, readers)),
                host,
                found);
        discovery.start();
        return () -> {
            discovery.close();
            readers.close();
        };
    }
}
