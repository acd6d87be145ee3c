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

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Enumeration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks this machine is on. Asks the system each time. */
final class Links {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.kad");

    private Links() {}

    /** True if {@code ip} is reached without a gateway. */
    static boolean onLink(InetAddress ip) {
        try {
            Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
            while (all.hasMoreElements()) {
                for (InterfaceAddress each : all.nextElement().getInterfaceAddresses()) {
                    int bits = each.getNetworkPrefixLength();
                    // point-to-point links report 0 bits at times: they lead anywhere
                    if (bits > 0 && new Addresses.Range(each.getAddress().getAddress(), bits).contains(ip)) {
                        return true;
                    }
                }
            }
        } catch (SocketException e) {
            log.debug("cannot list network interfaces: {}", e.getMessage());
        }
        return false;
    }
}
