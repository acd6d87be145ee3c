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
package org.pinion.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Identity of an IPFS node.
 *
 * @param id the node's peer id; null when it could not be asked
 * @param addresses where it listens
 * @param error why it could not be asked, else empty
 */
public record IpfsId(@Nullable PeerId id, List<Multiaddr> addresses, String error) {
    /** Copies the addresses. */
    public IpfsId {
        addresses = List.copyOf(addresses);
    }

    /** The same node with only the addresses that are told in pings: DNS names and unicast IPs beyond this machine. */
    public IpfsId withReachableAddresses() {
        return new IpfsId(id, addresses.stream().filter(IpfsId::isReachable).toList(), error);
    }

    private static boolean isReachable(Multiaddr address) {
        if (address.isEmpty()) {
            return false;
        }
        Multiaddr.Component first = address.components().get(0);
        String value = first.value();
        String protocol = first.protocol().text();
        if (value == null || !protocol.startsWith("ip")) {
            return protocol.startsWith("dns");
        }
        try {
            InetAddress ip = InetAddress.getByName(value); // a literal: nothing is looked up
            return !ip.isAnyLocalAddress()
                    && !ip.isLoopbackAddress()
                    && !ip.isLinkLocalAddress()
                    && !ip.isMulticastAddress();
        } catch (UnknownHostException notAnIp) {
            return false;
        }
    }
}
