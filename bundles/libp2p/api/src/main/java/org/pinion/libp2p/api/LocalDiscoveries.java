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
package org.pinion.libp2p.api;

import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** Finds peers on the local network without knowing an address of any. An OSGi service. Any thread. */
@ProviderType
@FunctionalInterface
public interface LocalDiscoveries {
    /**
     * Starts to tell the local network where {@code host} is, and to listen to others that do. Returns at once and never
     * fails: where the network does not carry multicast nothing is found. The caller closes it before the host.
     *
     * @param service the name that all members use, such as {@code _example._udp}
     * @param found hears of others, with at least one address, now and again while they are there; called on a thread of
     *     the discovery, must not block
     */
    Registration open(Host host, String service, Consumer<PeerAddresses> found);
}
