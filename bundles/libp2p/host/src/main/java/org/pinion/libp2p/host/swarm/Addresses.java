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
package org.pinion.libp2p.host.swarm;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between multiaddresses and sockets. Pure but for {@link #expand}. */
public final class Addresses {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    /** What a name may resolve to. */
    public enum Family {
        /** IPv4 only. */
        V4,
        /** IPv6 only. */
        V6,
        /** Either. */
        ANY
    }

    /**
     * A TCP or WebSocket address.
     *
     * @param host an address in numbers, or a name
     * @param isName true if the host needs resolving
     * @param family what it may resolve to
     * @param port 0 to 65535
     * @param webSocket true if a WebSocket carries the bytes
     */
    public record Target(String host, boolean isName, Family family, int port, boolean webSocket) {}

    private Addresses() {}

    /** The target of a TCP or WebSocket address; empty for every other transport. {@code /p2p} at its end is ignored. */
    public static Optional<Target> target(Multiaddr address) {
        String[] parts = address.withoutPeerId().toString().split("/", -1);
        boolean webSocket = parts.length == 6 && parts[5].equals("ws");
        if ((parts.length != 5 && !webSocket) || !parts[3].equals("tcp")) {
            return Optional.empty();
        }
        int port = Integer.parseInt(parts[4]);
        return switch (parts[1]) {
            case "ip4" -> Optional.of(new Target(parts[2], false, Family.V4, port, webSocket));
            case "ip6" -> Optional.of(new Target(parts[2], false, Family.V6, port, webSocket));
            case "dns" -> Optional.of(new Target(parts[2], true, Family.ANY, port, webSocket));
            case "dns4" -> Optional.of(new Target(parts[2], true, Family.V4, port, webSocket));
            case "dns6" -> Optional.of(new Target(parts[2], true, Family.V6, port, webSocket));
            default -> Optional.empty();
        };
    }

    /** True if {@code ip} is of the family. */
    static boolean matches(InetAddress ip, Family family) {
        return switch (family) {
            case V4 -> !(ip instanceof Inet6Address);
            case V6 -> ip instanceof Inet6Address;
            case ANY -> true;
        };
    }

    /** What is at the end of the address of a WebSocket. */
    static final Multiaddr WEB_SOCKET = Multiaddr.parse("/ws");

    /** The multiaddress of a socket that may carry a WebSocket. */
    static Multiaddr of(InetSocketAddress socket, boolean webSocket) {
        return webSocket ? of(socket).append(WEB_SOCKET) : of(socket);
    }

    /** The multiaddress of a socket. */
    public static Multiaddr of(InetSocketAddress socket) {
        return of(socket.getAddress(), socket.getPort());
    }

    static Multiaddr of(InetAddress ip, int port) {
        String text = ip.getHostAddress();
        int zone = text.indexOf('%');
        return Multiaddr.parse((ip instanceof Inet6Address ? "/ip6/" : "/ip4/")
                + (zone < 0 ? text : text.substring(0, zone)) + "/tcp/" + port);
    }

    /** The IP address inside a multiaddress; empty for names. */
    public static Optional<InetAddress> ip(Multiaddr address) {
        Optional<String> text = address.value("ip4").or(() -> address.value("ip6"));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text.get()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** True for an address of this machine only. */
    public static boolean isLoopback(Multiaddr address) {
        return ip(address).map(InetAddress::isLoopbackAddress).orElse(false);
    }

    /** True for loopback, link-local and private ranges. */
    public static boolean isPrivate(Multiaddr address) {
        return ip(address).map(Addresses::isPrivate).orElse(false);
    }

    private static boolean isPrivate(InetAddress ip) {
        boolean uniqueLocal = ip instanceof Inet6Address && (ip.getAddress()[0] & 0xfe) == 0xfc;
        return ip.isLoopbackAddress() || ip.isLinkLocalAddress() || ip.isSiteLocalAddress() || uniqueLocal;
    }

    /**
     * What is kept of addresses that a peer tells: nothing of its own machine unless it is on ours, and nothing private
     * from a peer on the public network.
     */
    public static List<Multiaddr> credible(Collection<Multiaddr> told, Multiaddr remote) {
        if (isLoopback(remote)) {
            return List.copyOf(told);
        }
        boolean fromPrivate = isPrivate(remote);
        return told.stream()
                .filter(address -> fromPrivate ? !isLoopback(address) : !isPrivate(address))
                .toList();
    }

    /** The addresses at which bound sockets can be reached: wildcards become the addresses of the interfaces. */
    public static List<Multiaddr> expand(List<Multiaddr> bound) {
        Set<Multiaddr> all = new LinkedHashSet<>();
        for (Multiaddr address : bound) {
            Optional<InetAddress> ip = ip(address);
            if (ip.isEmpty() || !ip.get().isAnyLocalAddress()) {
                all.add(address);
                continue;
            }
            int port = Integer.parseInt(address.value("tcp").orElse("0"));
            for (InetAddress each : interfaceAddresses()) {
                if (each instanceof Inet6Address == ip.get() instanceof Inet6Address) {
                    all.add(of(new InetSocketAddress(each, port), address.has("ws")));
                }
            }
        }
        return List.copyOf(all);
    }

    private static List<InetAddress> interfaceAddresses() {
        List<InetAddress> loopback = new ArrayList<>();
        List<InetAddress> others = new ArrayList<>();
        try {
            Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
            while (interfaces.hasMoreElements()) {
                for (var address : interfaces.nextElement().getInterfaceAddresses()) {
                    InetAddress ip = address.getAddress();
                    if (ip.isLoopbackAddress()) {
                        loopback.add(ip);
                    } else if (!ip.isLinkLocalAddress()) {
                        others.add(ip);
                    }
                }
            }
        } catch (SocketException e) {
            LOG.warn("cannot list network interfaces, only loopback is announced: {}", e.getMessage());
            return List.of(InetAddress.getLoopbackAddress());
        }
        loopback.addAll(others);
        return loopback;
    }
}
