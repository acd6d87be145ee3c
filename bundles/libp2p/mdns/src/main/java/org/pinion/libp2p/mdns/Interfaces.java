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

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks of this machine. */
final class Interfaces {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.mdns");
    /** Each costs a thread; more than these are networks of virtual machines. */
    static final int MAX_NETWORKS = 4;

    private Interfaces() {}

    /** One address of each network that carries multicast, an IPv4 one if there is any. */
    static Set<InetAddress> multicast() {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        try {
            NetworkInterface.networkInterfaces()
                    .filter(Interfaces::carries)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .limit(MAX_NETWORKS)
                    .forEach(network -> network.inetAddresses()
                            .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
                            .ifPresent(addresses::add));
        } catch (SocketException e) {
            LOG.debug("networks cannot be listed: {}", e.toString());
        }
        return addresses;
    }

    private static boolean carries(NetworkInterface network) {
        try {
            return network.isUp()
                    && network.supportsMulticast()
                    && !network.isLoopback()
                    && !network.isPointToPoint()
                    && network.inetAddresses().findAny().isPresent();
        } catch (SocketException e) {
            return false; // it went away just now
        }
    }
}
